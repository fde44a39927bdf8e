/** Chats: all known ones, those that the user follows, their slots and breaks. */
import { FILE_TIMEOUT_MS, request } from "./client.ts";
import { array, boolean, type Infer, nullable, number, object, oneOf, string } from "./schema.ts";
import { type Weekday, weekday } from "./trends.ts";
import { pathSegment } from "./url.ts";

const slot = object({ starts_at: number, ends_at: number });
const chatBreak = object({ first: string, last: string, name: string });
export type Break = Infer<typeof chatBreak>;
const chat = object({
  id: string,
  tag: string,
  network: string,
  weekday,
  start: nullable(string),
  minutes: number,
  time_zone: string,
  repeat: oneOf("weekly", "fortnightly", "monthly"),
  breaks: array(chatBreak),
  topic: string,
  status: string,
  evidence: nullable(string),
  note: string,
  shipped: boolean,
  followed: boolean,
  state: oneOf("confirmed", "unconfirmed"),
  next_slot: nullable(slot),
  attendance: nullable(
    object({ slots: number, took_part: number, listened: number, missed: number }),
  ),
});
export type Chat = Infer<typeof chat>;
const answer = object({ chat });

export const getChats = () => request(object({ chats: array(chat) }), "chats");
export const postChat = (body: {
  tag: string;
  network: string;
  weekday: Weekday;
  start: string;
  minutes: number;
  repeat: Chat["repeat"];
}) => request(answer, "chats", { method: "POST", body });
export const patchChat = (id: string, body: { followed?: boolean; confirmed?: true }) =>
  request(answer, `chats/${pathSegment(id)}`, { method: "PATCH", body });
export const deleteChat = (id: string) =>
  request(object({ deleted: string }), `chats/${pathSegment(id)}`, { method: "DELETE" });

const page = object({
  chat,
  slots: array(
    object({
      starts_at: number,
      ends_at: number,
      attended: oneOf("took_part", "listened", "missed"),
    }),
  ),
});
export const getChat = (id: string) => request(page, `chats/${pathSegment(id)}`);

const breaks = object({
  dry_run: boolean,
  breaks: array(chatBreak),
  /** The tags of the chats that get these breaks. */
  chats: array(string),
  problems: array(object({ where: string, message: string })),
});
export type BreaksImportResult = Infer<typeof breaks>;
/** `chat` null means all chats that the user follows. */
export const postBreaks = (body: { content: string; chat: string | null; dry_run: boolean }) =>
  request(breaks, "chat-breaks", { method: "POST", body, timeoutMs: FILE_TIMEOUT_MS });
