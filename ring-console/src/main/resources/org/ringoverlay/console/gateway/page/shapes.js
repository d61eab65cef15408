// What the drawing and the lists are made of. Text of others only ever becomes text nodes and
// attributes; nothing here or elsewhere makes markup of it.

const SVG = 'http://www.w3.org/2000/svg';

export function svg(name, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

export function html(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

// Where an ID is on the circle, from 0 at the top to 1, clockwise. 52 bits are more than a screen has.
export function fraction(id) {
  return parseInt(id.slice(0, 13), 16) / 2 ** 52;
}

export function point(at, radius) {
  const angle = at * 2 * Math.PI;
  return [radius * Math.sin(angle), -radius * Math.cos(angle)];
}

export function xy(at, radius) {
  return point(at, radius).map(number => number.toFixed(2)).join(' ');
}

export function shortId(id) {
  return id.slice(0, 8);
}

// A node in a few letters: its port if that tells the nodes apart, as on one machine, else its ID.
export function nameOf(member, members) {
  const [host, port] = split(member.listen);
  return members.every(other => split(other.listen)[0] === host) ? port : shortId(member.id);
}

function split(address) {
  const colon = address.lastIndexOf(':');
  return colon < 0 ? ['', address] : [address.slice(0, colon), address.slice(colon)];
}

// Moves things that are sorted by y until each is so far from the next, each about as far as the
// other.
export function apart(things, height) {
  for (let pass = 0; pass < 3 * things.length; pass++) {
    let moved = false;
    for (let i = 1; i < things.length; i++) {
      const lacking = height - (things[i].y - things[i - 1].y);
      if (lacking > height / 100) {
        things[i - 1].y -= lacking / 2;
        things[i].y += lacking / 2;
        moved = true;
      }
    }
    if (!moved) {
      return;
    }
  }
}

export function clockTime(iso) {
  const time = new Date(iso);
  return Number.isNaN(time.getTime())
    ? '?'
    : time.toLocaleTimeString([], {hour12: false, hour: '2-digit', minute: '2-digit', second: '2-digit'});
}

// What the node answers; an error says what it said, or that it said nothing.
export async function ask(path, millis = 10_000) {
  let response;
  let body;
  try {
    response = await fetch(path, {
      headers: {Accept: 'application/json'},
      cache: 'no-store',
      signal: AbortSignal.timeout(millis),
    });
    body = await response.json();
  } catch (silent) {
    throw new Error('The node does not answer.', {cause: silent});
  }
  if (!response.ok) {
    throw new Error([body.detail, body.hint].filter(Boolean).join(' '));
  }
  return body;
}
