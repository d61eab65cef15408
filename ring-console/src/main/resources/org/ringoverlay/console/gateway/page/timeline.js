// What happened, newest first, and how many nodes were alive when.

import {clockTime, html, shortId} from './shapes.js';

const LINES_MAX = 500;
const SIZES_MAX = 500;

function described(event) {
  switch (event.kind) {
    case 'view':
      return `${event.alive} alive of ${event.members}` + (event.complete ? '' : ` known, about ${event.estimate} in all`);
    case 'slow-handler':
      return `${event.service} ${event.over ? 'held' : 'holds'} the loop for ${event.millis} ms`;
    case 'refused-frame':
      return `from ${event.remote}: ${event.cause}`;
    default:
      return event.cause ?? '';
  }
}

export class Timeline {
  #list = document.getElementById('timeline');
  #line = document.getElementById('sizes-line');
  #chart = document.querySelector('.chart');
  #from = document.getElementById('chart-from');
  #range = document.getElementById('chart-range');
  #waiting = [];
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
      this.#sizes.push({at: Date.parse(event.at), alive: event.alive});
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
    const lines = this.#waiting.splice(0).reverse().map(event => {
      const line = html('li', {class: event.kind}, html('time', {datetime: event.at ?? ''}, clockTime(event.at)));
      const text = html('span', {}, html('b', {}, event.kind.replace('-', ' ')), ' ');
      if (event.node) {
        text.append(html('span', {class: 'who id', 'data-node': event.node}, shortId(event.node)), ` ${event.listen} — `);
      }
      text.append(described(event));
      if (event.leftOut > 0) {
        text.append(` (${event.leftOut} more left out)`);
      }
      line.append(text);
      return line;
    });
    this.#list.prepend(...lines);
    while (this.#list.childElementCount > LINES_MAX) {
      this.#list.lastElementChild.remove();
    }
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
    this.#range.textContent = `live nodes: ${alive.at(-1)} now, ${top} at most`;
  }
}
