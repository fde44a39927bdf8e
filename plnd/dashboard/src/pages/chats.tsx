import { type Chat, deleteChat, getChats, patchChat, postChat } from "../api/chats.ts";
import { WEEKDAYS } from "../api/trends.ts";
import { useDoing, useResource, wrongWith } from "../hooks/use-query.ts";
import { Card } from "../parts/card.tsx";
import { Chip } from "../parts/chip.tsx";
import { Sure } from "../parts/confirm-button.tsx";
import { Field } from "../parts/field.tsx";
import { entered, Form } from "../parts/form.tsx";
import { Done } from "../parts/mutation-status.tsx";
import { NetworkSelect, useNetworkNames } from "../parts/network-select.tsx";
import { Resourceful } from "../parts/query-result.tsx";
import { dayAndTime, dayOrLonger, timeOfDay, weekdayLong, wireDay } from "../words/format.ts";
import { isKey, t } from "../words/text.ts";
import { ChatBreaks, daysOf } from "./chat-breaks.tsx";

export default function ChatsPage() {
  const chats = useResource(getChats);
  return (
    <>
      <h1>{t("page_chats")}</h1>
      <Resourceful of={chats}>
        {({ chats }) => (
          <>
            <Week chats={chats.filter(({ followed }) => followed)} />
            <Rest chats={chats.filter(({ followed }) => !followed)} />
          </>
        )}
      </Resourceful>
      <div class="cards">
        <Adding />
        <ChatBreaks chats={chats.value?.chats.filter(({ followed }) => followed) ?? []} />
      </div>
    </>
  );
}

/** What is followed, by when it comes next in the reader's own time. */
function Week({ chats }: { chats: Chat[] }) {
  const next = (chat: Chat) => chat.next_slot?.starts_at ?? Number.POSITIVE_INFINITY;
  return (
    <Card title={t("chats_followed")} lead={t("chats_followed_lead")} wide>
      {chats.length === 0 ? (
        <p class="soft">{t("chats_none")}</p>
      ) : (
        <>
          <ul class="rows">
            {[...chats]
              .sort((a, b) => next(a) - next(b))
              .map((chat) => (
                <Followed key={chat.id} chat={chat} />
              ))}
          </ul>
          <p>
            <a href="/api/v1/chats.ics" download="plnd-chats.ics">
              {t("chats_calendar")}
            </a>
          </p>
        </>
      )}
    </Card>
  );
}

function Followed({ chat }: { chat: Chat }) {
  const doing = useDoing();
  const nameOf = useNetworkNames();
  const { attendance: was, next_slot: slot } = chat;
  const today = wireDay(new Date());
  const away = chat.breaks.find(({ last }) => last >= today);
  return (
    <li>
      <span>
        <strong>#{chat.tag}</strong> <span class="soft">{nameOf(chat.network)}</span>
        <br />
        {slot
          ? t("chat_slot", { when: dayAndTime(slot.starts_at), end: timeOfDay(slot.ends_at) })
          : t("chat_no_slot")}
        {away && (
          <>
            <br />
            <span class="soft">{t("next_break", { days: daysOf(away) })}</span>
          </>
        )}
        {was && was.slots > 0 && (
          <>
            <br />
            <span class="soft">
              {t("attendance", {
                took: was.took_part,
                listened: was.listened,
                missed: was.missed,
              })}
            </span>
          </>
        )}
        <Done of={doing} says="" />
      </span>
      <span class="actions">
        <State chat={chat} />
        {chat.state === "unconfirmed" && (
          <button
            type="button"
            onClick={() => doing.run(() => patchChat(chat.id, { confirmed: true }))}
          >
            {t("chat_alive")}
          </button>
        )}
        {chat.shipped ? (
          <button
            type="button"
            aria-label={t("unfollow_chat", { tag: chat.tag })}
            onClick={() => doing.run(() => patchChat(chat.id, { followed: false }))}
          >
            {t("unfollow")}
          </button>
        ) : (
          <Sure name={t("remove")} act={() => doing.run(() => deleteChat(chat.id))} />
        )}
      </span>
    </li>
  );
}

const State = ({ chat }: { chat: Chat }) => (
  <Chip tone={chat.state === "confirmed" ? "good" : "middling"}>{t(`chat_${chat.state}`)}</Chip>
);

/** The list that plnd brings along, which says how old its knowledge is. */
function Rest({ chats }: { chats: Chat[] }) {
  if (chats.length === 0) return null;
  return (
    <Card title={t("chats_list")} lead={t("chats_list_lead")} wide>
      <ul class="rows">
        {chats.map((chat) => (
          <Offered key={chat.id} chat={chat} />
        ))}
      </ul>
    </Card>
  );
}

function Offered({ chat }: { chat: Chat }) {
  const doing = useDoing();
  const nameOf = useNetworkNames();
  return (
    <li>
      <span>
        <strong>#{chat.tag}</strong> <span class="soft">{nameOf(chat.network)}</span> {chat.topic}
        <br />
        <span class="soft">
          {[
            when(chat),
            chat.evidence
              ? t("chat_evidence", { when: dayOrLonger(chat.evidence) })
              : t("chat_no_evidence"),
            chat.status === chat.state ? "" : statusWord(chat.status),
          ]
            .filter(Boolean)
            .join(" · ")}
        </span>
        <Done of={doing} says="" />
      </span>
      <span class="actions">
        <State chat={chat} />
        <button
          type="button"
          aria-label={t("follow_chat", { tag: chat.tag })}
          onClick={() => doing.run(() => patchChat(chat.id, { followed: true }))}
        >
          {t("follow")}
        </button>
      </span>
    </li>
  );
}

function statusWord(status: string): string {
  const key = `chat_status_${status}`;
  return isKey(key) ? t(key) : status;
}

const when = (chat: Chat): string =>
  [weekdayLong(WEEKDAYS.indexOf(chat.weekday)), chat.start, chat.start && chat.time_zone]
    .filter(Boolean)
    .join(" ");

function Adding() {
  const doing = useDoing();
  return (
    <Card title={t("chat_add")} lead={t("chat_add_lead")}>
      <Form
        doing={doing}
        submit={t("add")}
        clears
        change={(form) =>
          postChat({
            tag: (entered(form, "tag") ?? "").replace(/^#/, ""),
            network: String(form.get("network")),
            weekday: WEEKDAYS[Number(form.get("weekday"))] ?? "mon",
            start: String(form.get("start")),
            minutes: Number(form.get("minutes")),
            repeat: "weekly",
          })
        }
      >
        <div class="pair">
          <Field label={t("hashtag")} wrong={wrongWith(doing, "tag")}>
            {(of) => <input {...of} name="tag" required autoComplete="off" />}
          </Field>
          <Field label={t("network")} wrong={wrongWith(doing, "network")}>
            {(of) => <NetworkSelect {...of} name="network" required />}
          </Field>
          <Field label={t("weekday")}>
            {(of) => (
              <select {...of} name="weekday">
                {WEEKDAYS.map((day, number) => (
                  <option key={day} value={number}>
                    {weekdayLong(number)}
                  </option>
                ))}
              </select>
            )}
          </Field>
          <Field label={t("begins")} wrong={wrongWith(doing, "start")}>
            {(of) => <input {...of} type="time" name="start" required defaultValue="20:00" />}
          </Field>
          <Field label={t("minutes")} wrong={wrongWith(doing, "minutes")}>
            {(of) => (
              <input
                {...of}
                type="number"
                name="minutes"
                min="5"
                max="360"
                required
                defaultValue="60"
              />
            )}
          </Field>
        </div>
      </Form>
    </Card>
  );
}
