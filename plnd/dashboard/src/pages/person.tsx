import { useState } from "preact/hooks";
import { postForget } from "../api/own-data.ts";
import {
  deleteMeeting,
  deletePerson,
  getPeople,
  getPerson,
  type Handle,
  type PersonPage as Page,
  type Person,
  patchPerson,
  postMeeting,
  postMerge,
  putPersonFeed,
} from "../api/people.ts";
import { useDoing, useResource } from "../hooks/use-query.ts";
import { linkTo } from "../hooks/use-route.ts";
import { Card } from "../parts/card.tsx";
import { Chip } from "../parts/chip.tsx";
import { Sure } from "../parts/confirm-button.tsx";
import { FeedSwitch } from "../parts/feed-switch.tsx";
import { Field } from "../parts/field.tsx";
import { Forgettable } from "../parts/forget-with-undo.tsx";
import { entered, Form } from "../parts/form.tsx";
import { Done } from "../parts/mutation-status.tsx";
import { useNetworkNames } from "../parts/network-select.tsx";
import { PersonFields, personOf } from "../parts/person-fields.tsx";
import { touchWords } from "../parts/person-row.tsx";
import { Resourceful } from "../parts/query-result.tsx";
import { dayAndTime } from "../words/format.ts";
import { counted, isKey, t } from "../words/text.ts";

type Leave = (change: () => Promise<unknown>) => unknown;

/** One person, and the ways to part with them: who goes is not asked for any more. */
export function PersonPage({ id }: { id: string }) {
  const [going, setGoing] = useState(false);
  const doing = useDoing();
  const leave = async (change: () => Promise<unknown>) => {
    setGoing(true);
    if (await doing.run(change)) location.hash = linkTo("people");
    else setGoing(false);
  };
  return (
    <>
      <p>
        <a href={linkTo("people")}>{t("back_to_people")}</a>
      </p>
      <Done of={doing} />
      {!going && <Whole id={id} leave={leave} />}
    </>
  );
}

/** How things stand, the touches, the meetings, what the journal says. */
function Whole({ id, leave }: { id: string; leave: Leave }) {
  const page = useResource(() => getPerson(id), id);
  return (
    <Resourceful of={page}>
      {(page) => (
        <>
          <Head person={page.person} />
          <div class="columns">
            <Touches page={page} />
            <Words page={page} />
            <Editing person={page.person} />
            <Feeds page={page} />
            <Merging person={page.person} />
            <Parting person={page.person} leave={leave} />
          </div>
        </>
      )}
    </Resourceful>
  );
}

function Head({ person }: { person: Person }) {
  const nameOf = useNetworkNames();
  return (
    <header>
      <h1>
        <bdi>{person.name}</bdi>
      </h1>
      <p class="soft">
        {person.handles.map(({ network, handle }) => `@${handle} (${nameOf(network)})`).join(", ")}
      </p>
      <p>
        <Chip tone="plain">{t(`tie_${person.tie}`)}</Chip>{" "}
        {person.gap && (
          <Chip tone={({ fine: "good", due: "middling", late: "bad" } as const)[person.gap]}>
            {t(`gap_${person.gap}`)}
          </Chip>
        )}{" "}
        {touchWords(person, nameOf)}
      </p>
      {person.silent_days !== null && (
        <p class="soft">{counted("person_silent", person.silent_days)}</p>
      )}
    </header>
  );
}

function Touches({ page: { person, touches, meetings } }: { page: Page }) {
  const nameOf = useNetworkNames();
  const doing = useDoing();
  return (
    <Card title={t("touches_title")}>
      <Form
        doing={doing}
        submit={t("met_note")}
        clears
        change={(form) => postMeeting({ person: person.id, note: entered(form, "note") ?? "" })}
      >
        <Field label={t("met_what")}>
          {(of) => <input {...of} name="note" autoComplete="off" />}
        </Field>
      </Form>
      {touches.length === 0 && <p class="soft">{t("touch_none")}</p>}
      <ul class="plain touches">
        {touches.slice(0, 30).map(({ at, kind, network }, number) => {
          const key = `touch_${kind}`;
          return (
            <li key={number}>
              <span class="soft">{dayAndTime(at)}</span> {isKey(key) ? t(key) : kind}
              {network && ` · ${nameOf(network)}`}
            </li>
          );
        })}
      </ul>
      {meetings.length > 0 && (
        <>
          <h3>{t("meetings")}</h3>
          <ul class="rows">
            {meetings.map(({ id, at, note }) => (
              <li key={id}>
                <span>
                  <span class="soft">{dayAndTime(at)}</span> <bdi>{note}</bdi>
                </span>
                <Sure name={t("remove")} act={() => doing.run(() => deleteMeeting(id))} />
              </li>
            ))}
          </ul>
        </>
      )}
    </Card>
  );
}

function Words({ page: { person, entries } }: { page: Page }) {
  return (
    <Card title={t("person_words")}>
      {person.how_met && <p>{t("how_met_words", { how: person.how_met })}</p>}
      {person.note && (
        <p class="note" dir="auto">
          {person.note}
        </p>
      )}
      {entries.length === 0 && !person.note && !person.how_met && (
        <p class="soft">{t("person_no_words")}</p>
      )}
      <ul class="plain">
        {entries.map((entry) => (
          <li key={entry.id}>
            <span class="soft">
              {t(entry.kind)} · {dayAndTime(entry.at)}
            </span>
            <br />
            <bdi class="note">{entry.text}</bdi>
          </li>
        ))}
      </ul>
    </Card>
  );
}

/** The public feed of each handle, off until it is turned on here. */
function Feeds({ page: { person, feeds } }: { page: Page }) {
  const nameOf = useNetworkNames();
  if (person.handles.length === 0) return null;
  return (
    <Card title={t("person_feeds")} lead={t("person_feeds_lead")}>
      <ul class="plain">
        {person.handles.map(({ network, handle }) => (
          <li key={`${network} ${handle}`}>
            <FeedSwitch
              feed={feeds.find(isOf(network, handle))?.feed ?? null}
              turn={(change) => putPersonFeed(person.id, { network, handle }, change)}
            >
              <bdi>{`@${handle} (${nameOf(network)})`}</bdi>
            </FeedSwitch>
          </li>
        ))}
      </ul>
    </Card>
  );
}

const isOf = (network: string, handle: string) => (one: Handle) =>
  one.network === network && one.handle.toLowerCase() === handle.toLowerCase();

function Editing({ person }: { person: Person }) {
  const doing = useDoing();
  return (
    <Card title={t("person_edit")}>
      <Form doing={doing} change={(form) => patchPerson(person.id, personOf(form))}>
        <PersonFields doing={doing} person={person} />
      </Form>
    </Card>
  );
}

function Merging({ person }: { person: Person }) {
  const people = useResource(getPeople);
  const doing = useDoing();
  const others = (people.value?.people ?? []).filter(({ id }) => id !== person.id);
  if (others.length === 0) return null;
  return (
    <Card title={t("person_merge")}>
      <Form
        doing={doing}
        submit={t("merge")}
        change={(form) => postMerge({ kept: person.id, gone: String(form.get("gone")) })}
      >
        <Field label={t("merge_with")} hint={t("merge_hint")}>
          {(of) => (
            <select {...of} name="gone" required>
              <option value="" />
              {others.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
          )}
        </Field>
      </Form>
    </Card>
  );
}

/** Removed, what the browser recorded stays; forgotten, it goes as well. */
function Parting({ person: { id }, leave }: { person: Person; leave: Leave }) {
  return (
    <Card title={t("person_part")} lead={t("person_part_lead")}>
      <Forgettable act={(what) => leave(() => postForget(what, false))}>
        {(plan) => (
          <p class="actions">
            <Sure name={t("person_remove")} act={() => leave(() => deletePerson(id))} />
            <button type="button" onClick={() => plan({ person: id })}>
              {t("person_forget")}
            </button>
          </p>
        )}
      </Forgettable>
    </Card>
  );
}
