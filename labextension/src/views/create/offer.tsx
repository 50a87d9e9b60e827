/**
 * Words that could be typed, in a list at the cursor. It is drawn above everything else of the page, wherever the editor is.
 */

import { useLayoutEffect, useRef } from 'react';
import { useHost } from '../../host';
import { visibleName, visibleText } from '../parts/visible';
import { sentence } from '../sentence';
import type { IOffer } from './completer';

export interface IBox {
  readonly left: number;
  readonly top: number;
  readonly bottom: number;
}

interface IOfferProps {
  readonly offer: IOffer;
  readonly id: string; // of the list; those of the words are made of it
  /** Where the word begins, in the window. */
  readonly boxOf: () => IBox;
  readonly onChoose: (index: number) => void;
}

export function Offer({ offer, id, boxOf, onChoose }: IOfferProps): JSX.Element {
  const { trans } = useHost();
  const element = useRef<HTMLDivElement>(null);
  const latest = useRef(boxOf);
  latest.current = boxOf;
  useLayoutEffect(() => {
    element.current!.showPopover?.(); // browsers without it draw it in its place
    const put = (): void => place(element.current!, latest.current());
    put();
    addEventListener('scroll', put, true);
    addEventListener('resize', put);
    return () => {
      removeEventListener('scroll', put, true);
      removeEventListener('resize', put);
    };
  }, []);
  useLayoutEffect(() => {
    place(element.current!, latest.current());
    element.current!.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  }, [offer]);
  const info = sentence(offer.items[offer.active]!.info, trans);
  return (
    <div ref={element} className="jo-offer" {...{ popover: 'manual' }}>
      <ul id={id} role="listbox" aria-label={trans.__('What could stand here')}>
        {offer.items.map(({ label, detail }, index) => (
          <li
            key={index}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === offer.active}
            onMouseDown={event => event.preventDefault()} // the text keeps the focus
            onClick={() => onChoose(index)}
          >
            <bdi>{visibleName(label)}</bdi>
            <span>{visibleName(sentence(detail, trans))}</span>
          </li>
        ))}
      </ul>
      {info === '' ? null : <p>{visibleText(info)}</p>}
    </div>
  );
}

/** Below the word, or above it where there is more room; within the window. */
function place(element: HTMLElement, box: IBox): void {
  const { offsetWidth: width, offsetHeight: height } = element;
  const isAbove = box.bottom + height > innerHeight && box.top > innerHeight - box.bottom;
  element.style.left = `${Math.max(0, Math.min(box.left, innerWidth - width))}px`;
  element.style.top = `${isAbove ? Math.max(0, box.top - height) : box.bottom}px`;
}
