// A key: its ID, who holds it, and the way to it.

import {ask, html, shortId} from './shapes.js';

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
    if (this.#shown && this.#again === null) {
      this.#again = setTimeout(() => {
        this.#again = null;
        this.#look();
      }, 500);
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
    if (wanted) {
      this.#look();
    } else {
      this.#asked++;
      this.#circle.showKey(null);
      this.#result.replaceChildren(...this.#empty);
    }
  }

  async #look() {
    const asked = ++this.#asked;
    try {
      const where = this.#path();
      const [owner, trace] = await Promise.all([ask('/v1/owner/' + where), ask('/v1/trace/' + where)]);
      if (asked === this.#asked) {
        this.#circle.showKey({id: owner.id, daddy: owner.daddy, replicas: owner.replicas, hops: trace.hops});
        this.#write(owner, trace);
      }
    } catch (failed) {
      if (asked === this.#asked) {
        this.#circle.showKey(null);
        this.#result.replaceChildren(html('p', {class: 'problem'}, failed.message));
      }
    }
  }

  #path() {
    const {key, ns} = this.#shown;
    if (key === '.' || key === '..') {
      throw new Error(`A browser cannot ask for the key “${key}”; use ring owner and ring trace.`);
    }
    return encodeURIComponent(key) + (ns ? '?ns=' + encodeURIComponent(ns) : '');
  }

  #node(id) {
    const button = html('button', {type: 'button', class: 'link'}, shortId(id));
    button.addEventListener('click', () => this.#circle.choose(id));
    return html('span', {}, button, ' ' + this.#nameOf(id));
  }

  #write(owner, trace) {
    const copies = owner.replicas.filter(id => id !== owner.daddy);
    const list = (kind, items) => items.length === 0 ? 'none' : html(kind, {}, ...items);
    const fields = html('dl', {},
      html('dt', {}, 'ID'), html('dd', {class: 'id'}, owner.id),
      html('dt', {}, 'Root'), html('dd', {}, this.#node(trace.root)),
      html('dt', {}, 'Daddy'), html('dd', {}, this.#node(owner.daddy)),
      html('dt', {}, 'Copies'), html('dd', {}, list('ul', copies.map(id => html('li', {}, this.#node(id))))),
      html('dt', {}, 'Epoch'), html('dd', {}, String(owner.epoch)),
      html('dt', {}, 'Way'), html('dd', {}, list('ol', trace.hops.map(hop =>
        html('li', {}, this.#node(hop.node), ` in ${(hop.micros / 1000).toFixed(1)} ms`)))));
    const why = trace.root === owner.daddy
      ? 'The root is the live node closest to the ID’s arc, and it is the daddy.'
      : 'The root is the live node closest to the ID’s arc. It has not become the daddy yet; the daddy’s reign goes on until it has.';
    this.#result.replaceChildren(fields, html('p', {class: 'why'}, why));
  }
}
