/**
 * Markdown that grows: cut into blocks, each drawn by the host when its text changes.
 */

import { memo, useEffect, useRef } from 'react';
import { useHost } from '../../host';
import { BlockSplitter } from './blocks';
import { Drawing } from './drawing';

export const Markdown = memo(function Markdown({ text }: { text: string }): JSX.Element {
  const splitter = useRef<BlockSplitter | null>(null);
  splitter.current ??= new BlockSplitter();
  return (
    <div className="jo-markdown">
      {splitter.current.split(text).map((block, index) => (
        <Block key={index} text={block.text} joins={block.joins} />
      ))}
    </div>
  );
});

const Block = memo(function Block({ text, joins }: { text: string; joins: boolean }): JSX.Element {
  const { renderMarkdown } = useHost();
  const element = useRef<HTMLDivElement>(null);
  const drawing = useRef<Drawing | null>(null);
  useEffect(() => {
    const made = new Drawing(element.current!, renderMarkdown);
    drawing.current = made;
    return () => made.end();
  }, [renderMarkdown]);
  useEffect(() => drawing.current?.draw(text), [text, renderMarkdown]);
  return <div ref={element} className="jo-chat-block" data-joins={joins ? '' : undefined} />;
});
