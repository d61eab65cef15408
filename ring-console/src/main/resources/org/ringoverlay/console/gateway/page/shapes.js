// What the drawing and the lists are made of. Text of others only ever becomes text nodes and
// attributes; nothing here or elsewhere makes markup of it.

const SVG = 'http://www.w3.org/2000/svg';

export function svg(name, attributes = {}) {
  return fill(document.createElementNS(SVG, name), attributes, []);
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

// The part of an address that tells the nodes of one machine apart.
export function port(address) {
  const colon = address.lastIndexOf(':');
  return colon < 0 ? address : address.slice(colon);
}

export function clockTime(iso) {
  const time = new Date(iso);
  return Number.isNaN(time.getTime())
    ? '?'
    : time.toLocaleTimeString([], {hour12: false, hour: '2-digit', minute: '2-digit', second: '2-digit'});
}

export async function ask(path) {
  const response = await fetch(path, {headers: {Accept: 'application/json'}, cache: 'no-store'});
  const body = await response.json();
  if (!response.ok) {
    throw new Error([body.detail, body.hint].filter(Boolean).join(' '));
  }
  return body;
}
