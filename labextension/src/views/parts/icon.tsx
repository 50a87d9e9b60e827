/**
 * The small pictures of buttons and marks: lines on a grid of 16, in the colour of the text around them.
 */

const PATHS = {
  back: 'M10 3 5 8l5 5',
  chat: 'M2.5 3.5h11v7h-6l-3 2.5v-2.5h-2z',
  check: 'm3 8.5 3.2 3L13 4.5',
  close: 'm4 4 8 8M12 4l-8 8',
  cloud: 'M4.5 12.5a2.7 2.7 0 0 1-.3-5.4 4 4 0 0 1 7.7.6 2.4 2.4 0 0 1-.3 4.8z',
  copy: 'M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z',
  down: 'm4 6 4 4 4-4',
  edit: 'm3 13 .6-2.8 7.2-7.2 2.2 2.2-7.2 7.2zM9.5 4.3l2.2 2.2',
  file: 'M4 2.5h5.5L12.5 5.5v8h-8.5zM9.5 2.5v3h3',
  folder: 'M2.5 4h4l1.5 1.5h5.5v7.5h-11z',
  forward: 'm6 3 5 5-5 5',
  insert: 'M2.5 2.5h11v4h-11zM8 9v5M5.5 11.5h5',
  layers: 'm8 2 6 3-6 3-6-3zM2 8l6 3 6-3M2 11l6 3 6-3',
  load: 'M8 2v7M5 6.5 8 9.5l3-3M2.5 10.5v3h11v-3',
  lock: 'M4 7.5h8v6H4zM5.5 7.5v-2a2.5 2.5 0 0 1 5 0v2',
  more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  plus: 'M8 3v10M3 8h10',
  push: 'M8 10V3M5 5.5 8 2.5l3 3M2.5 10.5v3h11v-3',
  refresh: 'M13 8a5 5 0 1 1-1.5-3.6M13 2v3h-3',
  search: 'M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9M10.3 10.3 14 14',
  send: 'M8 13.5v-11M3.5 7 8 2.5 12.5 7',
  sliders: 'M2.5 4.5h6M11.5 4.5h2M2.5 11.5h2M7.5 11.5h6M10 3v3M6 10v3',
  stop: 'M4 4h8v8H4z',
  trash: 'M2.5 4.5h11M6 4V2.5h4V4M4 4.5l.6 9h6.8l.6-9M6.7 7v4M9.3 7v4',
  up: 'M8 13V3.5M4 7.5l4-4 4 4',
  warning: 'm8 2.5 6 11H2zM8 6.5v3M8 11.5h.01'
} as const;

export type Picture = keyof typeof PATHS;

/** One picture; says nothing to a screen reader. */
export function Icon({ name }: { name: Picture }): JSX.Element {
  return (
    <svg className="jo-icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
