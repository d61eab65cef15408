// The live view: what the node that served this page sees of its ring.

import {Circle} from './circle.js';
import {Key} from './key.js';
import {Timeline} from './timeline.js';
import {ask, clockTime, html, shortId} from './shapes.js';

const REFRESH_MILLIS = 300;
const POLL_MILLIS = 5_000;
const RETRY_MILLIS = 2_000;
const GATEWAY = /^(\[[0-9a-f:.]+\]|[a-z0-9.-]+):[0-9]{1,5}$/i;

let members = [];
let estimate = null;
let self = null;
let lastId = '0';
let stream = null;
let readyAt = 0;
let refreshing = null;
let said = null;

// What does not work, with the words for it: the stream of events, or the view that is asked for.
const broken = new Map();
let brokenAt = 0;
let heardAt = null;

const circle = new Circle(() => showNode());
const timeline = new Timeline(id => circle.choose(id));
const key = new Key(circle, id => members.find(member => member.id === id)?.listen ?? '');

function works(what) {
  broken.delete(what);
  heardAt = new Date();
  showConnection();
}

function fails(what, why) {
  if (broken.size === 0) {
    brokenAt = performance.now();
  }
  broken.set(what, why);
  showConnection();
}

function showConnection() {
  const element = document.getElementById('connection');
  const state = broken.size > 0 ? 'lost' : readyAt > 0 ? 'live' : 'connecting';
  element.dataset.state = state;
  element.textContent = state === 'lost'
    ? `${[...broken.values()][0]} ${heardAt === null ? '' : `What is shown is as of ${clockTime(heardAt)}. `}Trying again.`
    : state;
  document.body.classList.toggle('stale', state === 'lost');
}

// The view is asked for again after every event, so what an event alone would leave out of date
// is put right within a moment; and now and then without one, since a node that has come to a halt
// keeps its connections and says nothing.
function refresh() {
  refreshing ??= setTimeout(async () => {
    try {
      const ring = await ask('/v1/ring', POLL_MILLIS);
      if (self === null) {
        self = (await ask('/v1/services', POLL_MILLIS)).node;
        circle.self = self;
      }
      members = ring.nodes;
      estimate = ring.complete ? null : ring.estimate;
      document.title = `${ring.ring} – Ring`;
      document.getElementById('ring-name').textContent = ring.ring;
      showSizes();
      circle.show(members, estimate === null);
      showNode();
      const wasBroken = broken.has('view');
      works('view');
      if (wasBroken && readyAt < brokenAt) {
        // The stream may wait for a connection that the other end has forgotten.
        listen();
      }
    } catch (failed) {
      fails('view', failed.message);
      setTimeout(refresh, RETRY_MILLIS);
    } finally {
      refreshing = null;
    }
  }, REFRESH_MILLIS);
}

function showSizes() {
  const count = state => members.filter(member => member.state === state).length;
  const parts = [`${count('alive')} alive`];
  for (const state of ['joining', 'suspect']) {
    if (count(state) > 0) {
      parts.push(`${count(state)} ${state}`);
    }
  }
  const known = parts.join(', ');
  document.getElementById('sizes').textContent =
    estimate === null ? known : `${known} of those that this node knows; about ${estimate} in all`;
}

function showNode() {
  const id = circle.chosen;
  if (id === null) {
    return;
  }
  const member = members.find(one => one.id === id);
  const where = document.getElementById('node-result');
  if (!member) {
    where.replaceChildren(html('p', {class: 'id'}, id), html('p', {class: 'muted'}, estimate === null
      ? 'It is not in the ring any more; the timeline says why.'
      : 'This node does not know it, or does not any more: in a large ring each node knows a few.'));
    return;
  }
  // An address is a member's own word; it becomes a link only if it can be nothing but an address.
  const gateway = member.http === null
    ? 'none'
    : member.id !== self && GATEWAY.test(member.http)
      ? html('a', {href: `http://${member.http}/`, rel: 'noreferrer'}, member.http)
      : member.http + (member.id === self ? ', this node' : '');
  const labels = Object.entries(member.labels).map(([name, value]) => `${name}=${value}`).join(', ');
  const because = (member.cause ?? 'not heard') + (member.since ? `, at ${clockTime(member.since)}` : '');
  where.replaceChildren(html('dl', {},
    html('dt', {}, 'ID'), html('dd', {class: 'id'}, member.id),
    html('dt', {}, 'State'), html('dd', {}, member.state),
    html('dt', {}, 'Because'), html('dd', {}, because),
    html('dt', {}, 'Listens'), html('dd', {}, member.listen),
    html('dt', {}, 'Gateway'), html('dd', {}, gateway),
    html('dt', {}, 'Start'), html('dd', {}, `number ${member.incarnation}`),
    html('dt', {}, 'Labels'), html('dd', {}, labels || 'none')));
}

// Many things at once are said as the last of them, or a screen reader would talk for minutes.
function say(text) {
  if (said === null) {
    setTimeout(() => {
      document.getElementById('said').textContent = said;
      said = null;
    }, 1_000);
  }
  said = text;
}

function happened(event) {
  timeline.add(event);
  if (event.node) {
    const age = Math.max(0, Date.now() - Date.parse(event.at));
    circle.happened(event, age);
    if (age < 3_000) {
      say(`${shortId(event.node)} ${event.kind}: ${event.cause}`);
    }
  }
  if (event.node || event.kind === 'view') {
    refresh();
    key.ringChanged();
  }
}

function listen() {
  stream?.close();
  const opened = new EventSource('/v1/events?after=' + encodeURIComponent(lastId));
  stream = opened;
  opened.addEventListener('ready', event => {
    lastId = event.lastEventId;
    readyAt = performance.now();
    // It may be another node by now, at the same address.
    self = null;
    works('stream');
    refresh();
    key.ringChanged();
  });
  opened.addEventListener('gap', event => {
    const gap = JSON.parse(event.data);
    happened({
      kind: 'gap',
      at: new Date().toISOString(),
      cause: gap.from === undefined
        ? 'the node was started again, and what it saw before is gone'
        : `events ${gap.from} to ${gap.to} are not kept any more`,
    });
  });
  opened.onmessage = event => {
    lastId = event.lastEventId;
    happened(JSON.parse(event.data));
  };
  opened.onerror = () => {
    fails('stream', 'The node does not answer.');
    // A browser tries again by itself after a broken connection, and not after a refusal.
    if (opened.readyState === EventSource.CLOSED) {
      setTimeout(() => {
        if (stream === opened) {
          listen();
        }
      }, RETRY_MILLIS);
    }
  };
}

listen();
setInterval(() => {
  if (!document.hidden) {
    refresh();
  }
}, POLL_MILLIS);
