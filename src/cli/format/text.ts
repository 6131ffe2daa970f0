/** Text made safe and short for a terminal. */

/** At most `width` characters, the last one an ellipsis where something is cut off. */
export function ellipsis(text: string, width: number): string {
  const characters = [...text];
  return characters.length <= width ? text : `${characters.slice(0, width - 1).join('')}…`;
}

/** 12 hex digits of an id, docker's short form. */
export function shortID(id: string): string {
  return id.replace(/^sha(?:256|512):/, '').slice(0, 12);
}

/** Control characters of an untrusted text, shown and not obeyed: a registry may not steer the user's terminal. */
export function visible(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, (character) => {
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
}

/** The same, line by line. */
export function visibleLines(text: string): string {
  return text.split('\n').map(visible).join('\n');
}
