/** Chats: the list, the followed ones, their slots. */
import { ask, FILE_PATIENCE_MS } from "./client.ts";
import { flag, list, number, object, oneOf, orNull, type Shaped, text } from "./schema.ts";
import { type Weekday, weekday } from "./trends.ts";
import { part } from "./url.ts";

const slot = object({ starts_at: number, ends_at: number });
const chatBreak = object({ first: text, last: text, name: text });
export type Break = Shaped<typeof chatBreak>;
const chat = object({
  id: text,
  tag: text,
  network: text,
  weekday,
  start: orNull(text),
  minutes: number,
  time_zone: text,
  repeat: oneOf("weekly", "fortnightly", "monthly"),
  breaks: list(chatBreak),
  topic: text,
  status: text,
  evidence: orNull(text),
  note: text,
  shipped: flag,
  followed: flag,
  state: oneOf("confirmed", "unconfirmed"),
  next_slot: orNull(slot),
  attendance: orNull(
    object({ slots: number, took_part: number, listened: number, missed: number }),
  ),
});
export type Chat = Shaped<typeof chat>;
const answer = object({ chat });

export const getChats = () => ask(object({ chats: list(chat) }), "chats");
export const postChat = (body: {
  tag: string;
  network: string;
  weekday: Weekday;
  start: string;
  minutes: number;
  repeat: Chat["repeat"];
}) => ask(answer, "chats", { method: "POST", body });
export const patchChat = (id: string, body: { followed?: boolean; confirmed?: true }) =>
  ask(answer, `chats/${part(id)}`, { method: "PATCH", body });
export const deleteChat = (id: string) =>
  ask(object({ deleted: text }), `chats/${part(id)}`, { method: "DELETE" });

const page = object({
  chat,
  slots: list(
    object({
      starts_at: number,
      ends_at: number,
      attended: oneOf("took_part", "listened", "missed"),
    }),
  ),
});
export const getChat = (id: string) => ask(page, `chats/${part(id)}`);

const breaks = object({
  dry_run: flag,
  breaks: list(chatBreak),
  /** The tags of those for which they hold, or would. */
  chats: list(text),
  problems: list(object({ where: text, message: text })),
});
export type Breaks = Shaped<typeof breaks>;
/** `chat` null: for all that are followed. */
export const postBreaks = (body: { content: string; chat: string | null; dry_run: boolean }) =>
  ask(breaks, "chat-breaks", { method: "POST", body, patience: FILE_PATIENCE_MS });
