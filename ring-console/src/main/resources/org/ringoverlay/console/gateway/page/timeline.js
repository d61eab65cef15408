// What happened, newest first, and how many nodes were alive when.

import {clockTime, html, shortId} from './shapes.js';

const LINES_MAX = 500;
const SIZES_MAX = 500;

function described(event) {
  switch (event.kind) {
    case 'view':
      return `${event.alive} alive of ${event.members}` + (event.complete ? '' : ` known, about ${event.estimate} in all`);
    case 'slow-handler':
      return `${event.over ? 'held' : 'holds'} the loop for ${event.millis} ms`;
    default:
      return event.cause ?? '';
  }
}

function foldOf(event) {
  const by = event.remote ?? event.service;
  return by === undefined ? null : `${event.kind} ${by}`;
}

export class Timeline {
  #list = document.getElementById('timeline');
  #line = document.getElementById('sizes-line');
  #chart = document.querySelector('.chart');
  #from = document.getElementById('chart-from');
  #range = document.getElementById('chart-range');
  #waiting = [];
  #folded = new Map();
  #sizes = [];
  #scheduled = false;
  #onChoose;

  constructor(onChoose) {
    this.#onChoose = onChoose;
    const views = document.getElementById('show-views');
    const apply = () => this.#list.classList.toggle('no-views', !views.checked);
    views.addEventListener('change', apply);
    apply();
    this.#list.addEventListener('click', event => {
      const id = event.target.dataset.node;
      if (id) {
        this.#onChoose(id);
      }
    });
    setInterval(() => this.#drawSizes(), 5_000);
  }

  add(event) {
    this.#waiting.push(event);
    if (this.#waiting.length > LINES_MAX) {
      this.#waiting.shift();
    }
    if (event.kind === 'view') {
      this.#sizes.push({at: Date.parse(event.at), alive: event.complete ? event.alive : event.estimate});
      if (this.#sizes.length > SIZES_MAX) {
        this.#sizes.shift();
      }
    }
    if (!this.#scheduled) {
      this.#scheduled = true;
      requestAnimationFrame(() => {
        this.#scheduled = false;
        this.#write();
        this.#drawSizes();
      });
    }
  }

  #write() {
    for (const event of this.#waiting.splice(0)) {
      const line = this.#lineOf(event, this.#countOf(event));
      this.#list.prepend(line);
      if (foldOf(event) !== null) {
        this.#folded.get(foldOf(event)).line = line;
      }
    }
    while (this.#list.childElementCount > LINES_MAX) {
      this.#list.lastElementChild.remove();
    }
    for (const [fold, {line}] of this.#folded) {
      if (!line.isConnected) {
        this.#folded.delete(fold);
      }
    }
  }

  // What one peer makes happen again and again is one line with a count, at its newest time.
  #countOf(event) {
    const fold = foldOf(event);
    if (fold === null) {
      return 1;
    }
    const before = this.#folded.get(fold);
    before?.line.remove();
    const count = (before?.count ?? 0) + 1;
    this.#folded.set(fold, {line: null, count});
    return count;
  }

  #lineOf(event, count) {
    const text = html('span', {}, html('b', {}, event.kind.replace('-', ' ')), ' ');
    if (event.node) {
      text.append(html('button', {type: 'button', class: 'who link', 'data-node': event.node}, shortId(event.node)), ` ${event.listen}`);
    }
    if (event.remote) {
      text.append(event.remote);
    }
    if (event.service) {
      text.append(event.service);
    }
    if (count > 1) {
      text.append(` (${count} times)`);
    }
    if (event.leftOut > 0) {
      text.append(` (${event.leftOut} more left out)`);
    }
    text.append(html('span', {class: 'cause'}, described(event)));
    return html('li', {class: event.kind}, html('time', {datetime: event.at ?? ''}, clockTime(event.at)), text);
  }

  #drawSizes() {
    if (this.#sizes.length === 0) {
      return;
    }
    this.#chart.hidden = false;
    const first = this.#sizes[0].at;
    const span = Math.max(1_000, Date.now() - first);
    const alive = this.#sizes.map(size => size.alive);
    const top = Math.max(...alive, 1);
    const x = at => (300 * (at - first) / span).toFixed(1);
    const y = count => (45 - 42 * count / top).toFixed(1);
    let path = `M0 ${y(alive[0])}`;
    for (const size of this.#sizes.slice(1)) {
      path += `H${x(size.at)}V${y(size.alive)}`;
    }
    this.#line.setAttribute('d', path + 'H300');
    this.#from.textContent = clockTime(first);
    this.#range.textContent = `nodes: ${alive.at(-1)} now, ${top} at most`;
  }
}
