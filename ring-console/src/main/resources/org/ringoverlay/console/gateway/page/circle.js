// The circle: nodes at their angles, the arcs that they are root of, what became of those that
// went, and a key with the way to it.

import {apart, fraction, nameOf, point, shortId, svg, xy} from './shapes.js';

const LABEL_PIXELS = 72;
const EDGE_PIXELS = 28;
const LABELS_MAX = 24;
const LABEL_HEIGHT_PIXELS = 14;
const GHOST_MILLIS = 60_000;
const GHOSTS_MAX = 200;
const PULSES_MAX = 50;

export class Circle {
  #root = document.getElementById('circle');
  #arcs = document.getElementById('arcs');
  #nodes = document.getElementById('nodes');
  #ghosts = document.getElementById('ghosts');
  #pulses = document.getElementById('pulses');
  #keyLayer = document.getElementById('key-layer');
  #members = [];
  #gone = new Map();
  #chosen = null;
  #self = null;
  #key = null;
  #complete = true;
  #unit = 0.4;
  #onChoose;
  #drawn = false;

  constructor(onChoose) {
    this.#onChoose = onChoose;
    this.#root.addEventListener('keydown', event => this.#press(event));
    this.#root.addEventListener('click', event => this.#point(event));
    new ResizeObserver(() => {
      const box = this.#root.getBoundingClientRect();
      if (box.width < 1 || box.height < 1) {
        return;
      }
      this.#unit = 240 / Math.max(1, Math.min(box.width, box.height));
      this.#root.style.setProperty('--u', this.#unit);
      this.draw();
    }).observe(this.#root);
  }

  set self(id) {
    this.#self = id;
    this.draw();
  }

  /** Shows these members, in the order of the circle, and whether they are all. */
  show(members, complete) {
    this.#members = members;
    this.#complete = complete;
    for (const member of members) {
      this.#gone.delete(member.id);
    }
    this.draw();
  }

  get chosen() {
    return this.#chosen;
  }

  choose(id) {
    this.#chosen = id;
    this.draw();
    this.#onChoose(id);
  }

  /** Shows what has just happened to a member. */
  happened(event, age) {
    const present = event.state !== 'dead' && event.state !== 'left';
    if (present) {
      this.#gone.delete(event.node);
    } else if (age < GHOST_MILLIS) {
      this.#gone.set(event.node, event.kind);
      while (this.#gone.size > GHOSTS_MAX) {
        this.#gone.delete(this.#gone.keys().next().value);
      }
      setTimeout(() => {
        if (this.#gone.delete(event.node)) {
          this.draw();
        }
      }, GHOST_MILLIS - age);
    }
    if (age < 3_000 && this.#pulses.childElementCount < PULSES_MAX) {
      const [cx, cy] = point(fraction(event.node), this.#radius);
      const pulse = svg('circle', {class: `pulse ${event.kind}`, cx, cy, r: 14 * this.#unit});
      pulse.addEventListener('animationend', () => pulse.remove());
      this.#pulses.append(pulse);
    }
    this.draw();
  }

  /** Shows a key's place, who holds it and the way to its root; null for none. */
  showKey(key) {
    const way = shown => shown?.hops.map(hop => hop.node).join();
    const isNew = way(key) !== way(this.#key) || key?.id !== this.#key?.id;
    this.#key = key;
    // The nodes of a key have labels however many there are, so these are drawn again too.
    this.#drawNodes();
    this.#drawKey(isNew);
    this.#drawArcs();
  }

  /** Draws once before the next picture, however often it is asked to. */
  draw() {
    if (!this.#drawn) {
      this.#drawn = true;
      requestAnimationFrame(() => {
        this.#drawn = false;
        this.#drawArcs();
        this.#drawGhosts();
        this.#drawNodes();
        this.#drawKey();
      });
    }
  }

  // As large as leaves room for the labels, which keep their size when the picture shrinks.
  get #radius() {
    const labelled = this.#members.length <= LABELS_MAX;
    return Math.max(60, 120 - (labelled ? LABEL_PIXELS : EDGE_PIXELS) * this.#unit);
  }

  get #nodeRadius() {
    return Math.min(8, Math.max(3.2, 300 / Math.max(1, this.#members.length))) * this.#unit;
  }

  // What a node that does not know all members holds for their arcs is too wide wherever it is not
  // at home, so these are drawn as a guess.
  #drawArcs() {
    this.#arcs.classList.toggle('guessed', !this.#complete);
    const alive = this.#members.filter(member => member.state === 'alive');
    this.#arcs.replaceChildren(...alive.map((member, i) => {
      const chosen = (member.id === this.#chosen ? ' chosen' : '')
        + (member.id === this.#key?.root ? ' of-key' : '');
      if (alive.length === 1) {
        return svg('circle', {class: 'arc' + chosen, cx: 0, cy: 0, r: this.#radius});
      }
      const at = fraction(member.id);
      const before = fraction(alive.at(i - 1).id);
      const after = fraction(alive[(i + 1) % alive.length].id);
      const back = ((at - before + 1) % 1) / 2;
      const ahead = ((after - at + 1) % 1) / 2;
      // A gap of four pixels between neighbours, where there is room for one.
      const gap = Math.min(4 * this.#unit / (2 * Math.PI * this.#radius), (back + ahead) / 8);
      const large = back + ahead > 0.5 ? 1 : 0;
      return svg('path', {
        class: 'arc' + chosen,
        d: `M${xy(at - back + gap / 2, this.#radius)}A${this.#radius} ${this.#radius} 0 ${large} 1 ${xy(at + ahead - gap / 2, this.#radius)}`,
      });
    }));
  }

  // The nodes that a key is about; a node that knows only some of the ring may not know them.
  get #ofKey() {
    const key = this.#key;
    return new Set(key === null ? [] : [...key.hops.map(hop => hop.node), ...key.replicas]);
  }

  #drawNodes() {
    this.#root.classList.toggle('crowded', this.#members.length > 60);
    const radius = this.#nodeRadius;
    const labelled = this.#members.length <= LABELS_MAX;
    const ofKey = this.#ofKey;
    const drawn = [];
    const labels = [];
    let active = '';
    for (const member of this.#members) {
      const at = fraction(member.id);
      const [cx, cy] = point(at, this.#radius);
      const chosen = member.id === this.#chosen;
      const self = member.id === this.#self;
      const node = svg('g', {
        id: 'node-' + member.id,
        role: 'option',
        'aria-selected': String(chosen),
        'aria-label': `${shortId(member.id)} at ${member.listen}, ${member.state}${self ? ', this node' : ''}`,
      });
      const name = svg('title');
      name.textContent = `${shortId(member.id)}  ${member.listen}  ${member.state}`;
      node.append(
        svg('circle', {class: `node ${member.state}`, cx, cy, r: self ? radius * 1.35 : radius}),
        name);
      if (chosen) {
        active = node.id;
        node.append(svg('circle', {class: 'chosen-ring', cx, cy, r: radius + 4.5 * this.#unit}));
      }
      if (labelled || chosen || self || ofKey.has(member.id)) {
        labels.push({at, node, text: nameOf(member, this.#members), kind: member.state + (self ? ' self' : '')});
      }
      ofKey.delete(member.id);
      drawn.push(node);
    }
    for (const id of ofKey) {
      const at = fraction(id);
      const [cx, cy] = point(at, this.#radius);
      const node = svg('g', {'aria-hidden': 'true'}, svg('circle', {class: 'node unknown', cx, cy, r: radius}));
      labels.push({at, node, text: shortId(id), kind: 'unknown'});
      drawn.push(node);
    }
    this.#drawLabels(labels);
    this.#nodes.replaceChildren(...drawn);
    this.#root.setAttribute('aria-activedescendant', active);
  }

  // Labels stand beside their nodes; where nodes crowd they give way up and down, and a line leads
  // back.
  #drawLabels(labels) {
    const radius = this.#radius + this.#nodeRadius * 1.35;
    for (const label of labels) {
      [label.x, label.y] = point(label.at, radius + 12 * this.#unit);
      label.home = label.y;
      label.right = label.at < 0.5;
    }
    for (const right of [true, false]) {
      const side = labels.filter(label => label.right === right).sort((one, other) => one.y - other.y);
      apart(side, LABEL_HEIGHT_PIXELS * this.#unit);
    }
    for (const {at, node, text, kind, x, y, home, right} of labels) {
      if (Math.abs(y - home) > 5 * this.#unit) {
        node.append(svg('path', {class: 'leader', d: `M${xy(at, radius + 2 * this.#unit)}L${x} ${y}`}));
      }
      const label = svg('text', {
        class: `label ${kind}`,
        x: x + (right ? 2 : -2) * this.#unit,
        y,
        'text-anchor': right ? 'start' : 'end',
        'dominant-baseline': 'central',
      });
      label.textContent = text;
      node.append(label);
    }
  }

  #drawGhosts() {
    const size = 5 * this.#unit;
    this.#ghosts.replaceChildren(...[...this.#gone].map(([id, kind]) => {
      const [x, y] = point(fraction(id), this.#radius);
      const d = kind === 'left'
        ? `M${x - size} ${y}H${x + size}`
        : `M${x - size} ${y - size}L${x + size} ${y + size}M${x + size} ${y - size}L${x - size} ${y + size}`;
      const ghost = svg('path', {class: `ghost ${kind}`, d});
      const name = svg('title');
      name.textContent = `${shortId(id)} ${kind}`;
      ghost.append(name);
      return ghost;
    }));
  }

  #drawKey(animated = false) {
    const key = this.#key;
    if (!key) {
      this.#keyLayer.replaceChildren();
      return;
    }
    const radius = this.#nodeRadius;
    const at = fraction(key.id);
    const [x, y] = point(at, this.#radius - 16 * this.#unit);
    const size = 6 * this.#unit;
    const drawn = [
      svg('path', {class: 'key-line', d: `M${xy(at, this.#radius - 16 * this.#unit)}L${xy(at, this.#radius + 4 * this.#unit)}`}),
      svg('path', {class: 'key-mark', d: `M${x} ${y - size}L${x + size} ${y}L${x} ${y + size}L${x - size} ${y}z`}),
    ];
    for (const holder of key.replicas) {
      const [cx, cy] = point(fraction(holder), this.#radius);
      const kind = holder === key.daddy ? 'daddy' : 'copy';
      drawn.push(svg('circle', {class: `halo ${kind}`, cx, cy, r: radius * 1.35 + 5 * this.#unit}));
    }
    key.hops.slice(1).forEach((hop, i) => {
      const from = fraction(key.hops[i].node);
      const to = fraction(hop.node);
      const inner = this.#radius - radius - 9 * this.#unit;
      const [ax, ay] = point(from, inner);
      const [bx, by] = point(to, inner);
      const way = svg('path', {
        class: animated ? 'way new' : 'way',
        pathLength: 1,
        'marker-end': 'url(#arrow)',
        d: `M${ax} ${ay}Q${(ax + bx) * 0.2} ${(ay + by) * 0.2} ${bx} ${by}`,
      });
      way.style.animationDelay = `${i * 0.6}s`;
      drawn.push(way);
      if (key.hops.length > 2) {
        const number = svg('text', {
          class: 'hop',
          x: (ax + bx) * 0.35,
          y: (ay + by) * 0.35,
          'text-anchor': 'middle',
          'dominant-baseline': 'central',
        });
        number.textContent = String(i + 1);
        drawn.push(number);
      }
    });
    this.#keyLayer.replaceChildren(...drawn);
  }

  // A finger is wider than a node of a large ring, so a touch near the circle means the nearest.
  #point(event) {
    const matrix = this.#root.getScreenCTM();
    if (matrix === null || this.#members.length === 0) {
      return;
    }
    const {x, y} = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
    if (Math.hypot(x, y) < this.#radius - 30 * this.#unit) {
      return;
    }
    const at = (Math.atan2(x, -y) / (2 * Math.PI) + 1) % 1;
    const away = member => {
      const apart = Math.abs(fraction(member.id) - at);
      return Math.min(apart, 1 - apart);
    };
    this.choose(this.#members.reduce((best, one) => away(one) < away(best) ? one : best).id);
  }

  #press(event) {
    const count = this.#members.length;
    if (count === 0) {
      return;
    }
    const now = this.#members.findIndex(member => member.id === this.#chosen);
    const next = {
      ArrowRight: now + 1,
      ArrowDown: now + 1,
      ArrowLeft: now < 0 ? -1 : now - 1,
      ArrowUp: now < 0 ? -1 : now - 1,
      Home: 0,
      End: -1,
    }[event.key];
    if (next !== undefined && !event.ctrlKey && !event.altKey && !event.metaKey) {
      event.preventDefault();
      this.choose(this.#members.at(next % count).id);
    }
  }
}
