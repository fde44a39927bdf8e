import type { ComponentChildren } from "preact";

/** A state as a word with a colour and a sign of its own. */
export function Chip({
  tone,
  children,
}: {
  tone: "good" | "middling" | "bad" | "plain";
  children: ComponentChildren;
}) {
  return <span class={`chip ${tone}`}>{children}</span>;
}
