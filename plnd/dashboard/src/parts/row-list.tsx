import type { ComponentChildren } from "preact";

/** Items as rows; the text `empty` when there are none. */
export function RowList<T>({
  items,
  empty,
  children,
}: {
  items: T[];
  empty: string;
  /** Renders one item as an `li` with a key. */
  children: (item: T) => ComponentChildren;
}) {
  if (items.length === 0) return <p class="soft">{empty}</p>;
  return <ul class="rows">{items.map(children)}</ul>;
}
