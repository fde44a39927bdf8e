import type { ComponentChildren } from "preact";

/** A state as a word; colour and symbol only repeat what the word says. */
export function Chip({
  tone,
  children,
}: {
  tone: "good" | "middling" | "bad" | "plain";
  children: ComponentChildren;
}) {
  return <span class={`chip ${tone}`}>{children}</span>;
}
