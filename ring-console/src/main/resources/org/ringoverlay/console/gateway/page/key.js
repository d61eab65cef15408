// A key: its ID, who holds it, and the way to it.

import {ask, html, shortId} from './shapes.js';

const RETRY_MILLIS = 3_000;

export class Key {
  #form = document.getElementById('key-form');
  #key = document.getElementById('key');
  #ns = document.getElementById('ns');
  #clear = document.getElementById('key-clear');
  #result = document.getElementById('key-result');
  #empty = [...this.#result.childNodes];
  #circle;
  #shown = null;
  #asked = 0;
  #again = null;
  #nameOf;

  constructor(circle, nameOf) {
    this.#circle = circle;
    this.#nameOf = nameOf;
    this.#form.addEventListener('submit', event => {
      event.preventDefault();
      this.#find({key: this.#key.value, ns: this.#ns.value});
    });
    this.#clear.addEventListener('click', () => {
      this.#find(null);
      this.#key.value = '';
      this.#key.focus();
    });
    const named = new URLSearchParams(location.hash.slice(1));
    if (named.get('key')) {
      this.#key.value = named.get('key');
      this.#ns.value = named.get('ns') ?? '';
      this.#find({key: this.#key.value, ns: this.#ns.value});
    }
  }

  /** The ring has changed, so who holds the key may have too. */
  ringChanged() {
    this.#lookIn(500);
  }

  #lookIn(millis) {
    if (this.#shown && this.#again === null) {
      this.#again = setTimeout(() => {
        this.#again = null;
        if (this.#shown) {
          this.#look();
        }
      }, millis);
    }
  }

  #find(wanted) {
    this.#shown = wanted;
    this.#clear.hidden = wanted === null;
    const named = new URLSearchParams(wanted ? {key: wanted.key} : {});
    if (wanted?.ns) {
      named.set('ns', wanted.ns);
    }
    history.replaceState(null, '', wanted ? '#' + named : location.pathname);
    this.#asked++;
    this.#circle.showKey(null);
    if (wanted) {
      this.#result.replaceChildren(html('p', {class: 'muted'}, 'Asking the ring …'));
      this.#look();
    } else {
      this.#result.replaceChildren(...this.#empty);
    }
  }

  async #look() {
    const asked = ++this.#asked;
    const where = this.#path();
    if (where === null) {
      this.#result.replaceChildren(html('p', {class: 'problem'},
        'A browser cannot ask for the keys “.” and “..”; use ring owner and ring trace.'));
      return;
    }
    const [owner, trace] = await Promise.allSettled([ask('/v1/owner/' + where), ask('/v1/trace/' + where)]);
    if (asked !== this.#asked) {
      return;
    }
    // One may be known while the other is not: a node on the way may have died just now.
    const known = owner.value ?? trace.value;
    if (known) {
      this.#circle.showKey({
        id: known.id,
        root: trace.value?.root,
        daddy: known.daddy,
        replicas: owner.value?.replicas ?? [known.daddy],
        hops: trace.value?.hops ?? [],
      });
      this.#write(known, owner, trace);
    } else if (this.#result.querySelector('dl')) {
      // What was known stays, as old as it says.
      this.#result.querySelector(':scope > .problem')?.remove();
      this.#result.prepend(this.#problem(owner));
    } else {
      this.#result.replaceChildren(this.#problem(owner));
    }
    if (!owner.value || !trace.value) {
      this.#lookIn(RETRY_MILLIS);
    }
  }

  #problem(failed) {
    return html('p', {class: 'problem'}, failed.reason.message + ' Asking again.');
  }

  #path() {
    const {key, ns} = this.#shown;
    if (key === '.' || key === '..') {
      return null;
    }
    return encodeURIComponent(key) + (ns ? '?ns=' + encodeURIComponent(ns) : '');
  }

  #node(id) {
    const button = html('button', {type: 'button', class: 'link'}, shortId(id));
    button.addEventListener('click', () => this.#circle.choose(id));
    return html('span', {}, button, ' ' + this.#nameOf(id));
  }

  #write(known, owner, trace) {
    const list = (kind, items) => items.length === 0 ? 'none' : html(kind, {}, ...items);
    const or = (settled, show) => settled.value ? show(settled.value) : this.#problem(settled);
    const fields = html('dl', {},
      html('dt', {}, 'ID'), html('dd', {class: 'id'}, known.id),
      html('dt', {}, 'Root'), html('dd', {}, or(trace, ({root}) => this.#node(root))),
      html('dt', {}, 'Daddy'), html('dd', {}, this.#node(known.daddy)),
      html('dt', {}, 'Copies'), html('dd', {}, or(owner, ({replicas, daddy}) =>
        list('ul', replicas.filter(id => id !== daddy).map(id => html('li', {}, this.#node(id)))))),
      html('dt', {}, 'Epoch'), html('dd', {}, or(owner, ({epoch}) => String(epoch))),
      html('dt', {}, 'Way'), html('dd', {}, or(trace, ({hops}) => list('ol', hops.map((hop, i) =>
        html('li', {value: i}, this.#node(hop.node), ` in ${(hop.micros / 1000).toFixed(1)} ms`))))));
    this.#result.replaceChildren(fields);
    if (trace.value) {
      this.#result.append(html('p', {class: 'why'}, trace.value.root === known.daddy
        ? 'The root is the live node closest to the ID’s arc, and it is the daddy.'
        : 'The root is the live node closest to the ID’s arc. It has not become the daddy yet; the daddy’s reign goes on until it has.'));
    }
  }
}
