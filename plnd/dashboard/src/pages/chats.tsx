import { type Chat, deleteChat, getChats, patchChat, postChat } from "../api/chats.ts";
import { WEEKDAYS } from "../api/trends.ts";
import { type Mutation, useMutation } from "../hooks/use-mutation.ts";
import { useQuery } from "../hooks/use-query.ts";
import { Card } from "../parts/card.tsx";
import { Chip } from "../parts/chip.tsx";
import { ConfirmButton } from "../parts/confirm-button.tsx";
import { Field } from "../parts/field.tsx";
import { Form } from "../parts/form.tsx";
import { textOf } from "../parts/form-data.ts";
import { InputField } from "../parts/input-field.tsx";
import { MutationStatus } from "../parts/mutation-status.tsx";
import { NetworkSelect, useNetworkNames } from "../parts/network-select.tsx";
import { QueryResult } from "../parts/query-result.tsx";
import { dayAndTime, dayOrLonger, isoDay, timeOfDay, weekdayLong } from "../words/format.ts";
import { isKey, t } from "../words/lookup.ts";
import { ChatBreaks, daysOf } from "./chat-breaks.tsx";

export default function ChatsPage() {
  const chats = useQuery(getChats);
  return (
    <>
      <h1>{t("page_chats")}</h1>
      <QueryResult query={chats}>
        {({ chats }) => (
          <>
            <FollowedChats chats={chats.filter(({ followed }) => followed)} />
            <OtherChats chats={chats.filter(({ followed }) => !followed)} />
          </>
        )}
      </QueryResult>
      <div class="cards">
        <AddChat />
        <ChatBreaks chats={chats.data?.chats.filter(({ followed }) => followed) ?? []} />
      </div>
    </>
  );
}

/** The followed chats, by their next slot. */
function FollowedChats({ chats }: { chats: Chat[] }) {
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
                <FollowedChat key={chat.id} chat={chat} />
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

function FollowedChat({ chat }: { chat: Chat }) {
  const mutation = useMutation();
  const nameOf = useNetworkNames();
  const { attendance: was, next_slot: slot } = chat;
  const today = isoDay(new Date());
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
        <MutationStatus mutation={mutation} success="" />
      </span>
      <FollowedChatActions chat={chat} mutation={mutation} />
    </li>
  );
}

function FollowedChatActions({ chat, mutation }: { chat: Chat; mutation: Mutation }) {
  return (
    <span class="actions">
      <StateChip chat={chat} />
      {chat.state === "unconfirmed" && (
        <button
          type="button"
          onClick={() => mutation.run(() => patchChat(chat.id, { confirmed: true }))}
        >
          {t("chat_alive")}
        </button>
      )}
      {chat.shipped ? (
        <button
          type="button"
          aria-label={t("unfollow_chat", { tag: chat.tag })}
          onClick={() => mutation.run(() => patchChat(chat.id, { followed: false }))}
        >
          {t("unfollow")}
        </button>
      ) : (
        <ConfirmButton
          name={t("remove")}
          onConfirm={() => mutation.run(() => deleteChat(chat.id))}
        />
      )}
    </span>
  );
}

const StateChip = ({ chat }: { chat: Chat }) => (
  <Chip tone={chat.state === "confirmed" ? "good" : "middling"}>{t(`chat_${chat.state}`)}</Chip>
);

/** The chats that plnd comes with and the user does not follow, with their evidence. */
function OtherChats({ chats }: { chats: Chat[] }) {
  if (chats.length === 0) return null;
  return (
    <Card title={t("chats_list")} lead={t("chats_list_lead")} wide>
      <ul class="rows">
        {chats.map((chat) => (
          <OtherChat key={chat.id} chat={chat} />
        ))}
      </ul>
    </Card>
  );
}

function OtherChat({ chat }: { chat: Chat }) {
  const mutation = useMutation();
  const nameOf = useNetworkNames();
  return (
    <li>
      <span>
        <strong>#{chat.tag}</strong> <span class="soft">{nameOf(chat.network)}</span> {chat.topic}
        <br />
        <span class="soft">
          {[
            regularTime(chat),
            chat.evidence
              ? t("chat_evidence", { when: dayOrLonger(chat.evidence) })
              : t("chat_no_evidence"),
            chat.status === chat.state ? "" : statusText(chat.status),
          ]
            .filter(Boolean)
            .join(" · ")}
        </span>
        <MutationStatus mutation={mutation} success="" />
      </span>
      <span class="actions">
        <StateChip chat={chat} />
        <button
          type="button"
          aria-label={t("follow_chat", { tag: chat.tag })}
          onClick={() => mutation.run(() => patchChat(chat.id, { followed: true }))}
        >
          {t("follow")}
        </button>
      </span>
    </li>
  );
}

function statusText(status: string): string {
  const key = `chat_status_${status}`;
  return isKey(key) ? t(key) : status;
}

const regularTime = (chat: Chat): string =>
  [weekdayLong(WEEKDAYS.indexOf(chat.weekday)), chat.start, chat.start && chat.time_zone]
    .filter(Boolean)
    .join(" ");

function AddChat() {
  return (
    <Card title={t("chat_add")} lead={t("chat_add_lead")}>
      <Form
        submit={t("add")}
        clears
        save={(form) =>
          postChat({
            tag: (textOf(form, "tag") ?? "").replace(/^#/, ""),
            network: String(form.get("network")),
            weekday: WEEKDAYS[Number(form.get("weekday"))] ?? "mon",
            start: String(form.get("start")),
            minutes: Number(form.get("minutes")),
            repeat: "weekly",
          })
        }
      >
        <div class="pair">
          <InputField label={t("hashtag")} field="tag" required autoComplete="off" />
          <Field label={t("network")} field="network">
            {(props) => <NetworkSelect {...props} name="network" required />}
          </Field>
          <Field label={t("weekday")}>
            {(props) => (
              <select {...props} name="weekday">
                {WEEKDAYS.map((day, number) => (
                  <option key={day} value={number}>
                    {weekdayLong(number)}
                  </option>
                ))}
              </select>
            )}
          </Field>
          <InputField label={t("begins")} field="start" type="time" required defaultValue="20:00" />
          <InputField
            label={t("minutes")}
            field="minutes"
            type="number"
            min="5"
            max="360"
            required
            defaultValue="60"
          />
        </div>
      </Form>
    </Card>
  );
}
