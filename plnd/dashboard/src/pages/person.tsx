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
import { useMutation } from "../hooks/use-mutation.ts";
import { useQuery } from "../hooks/use-query.ts";
import { linkTo } from "../hooks/use-route.ts";
import { Card } from "../parts/card.tsx";
import { Chip } from "../parts/chip.tsx";
import { ConfirmButton } from "../parts/confirm-button.tsx";
import { FeedSwitch } from "../parts/feed-switch.tsx";
import { Field } from "../parts/field.tsx";
import { ForgetWithUndo } from "../parts/forget-with-undo.tsx";
import { Form } from "../parts/form.tsx";
import { textOf } from "../parts/form-data.ts";
import { InputField } from "../parts/input-field.tsx";
import { MutationStatus } from "../parts/mutation-status.tsx";
import { useNetworkNames } from "../parts/network-select.tsx";
import { PersonFields, personFromForm } from "../parts/person-fields.tsx";
import { lastTouchText } from "../parts/person-row.tsx";
import { PersonSelect } from "../parts/person-select.tsx";
import { QueryResult } from "../parts/query-result.tsx";
import { dayAndTime } from "../words/format.ts";
import { counted, isKey, t } from "../words/lookup.ts";

type RunAndLeave = (change: () => Promise<unknown>) => unknown;

/** One person. While the person is removed, nothing asks the API for them any more. */
export function PersonPage({ id }: { id: string }) {
  const [removing, setRemoving] = useState(false);
  const mutation = useMutation();
  const runAndLeave = async (change: () => Promise<unknown>) => {
    setRemoving(true);
    if (await mutation.run(change)) location.hash = linkTo("people");
    else setRemoving(false);
  };
  return (
    <>
      <p>
        <a href={linkTo("people")}>{t("back_to_people")}</a>
      </p>
      <MutationStatus mutation={mutation} />
      {!removing && <PersonDetails id={id} runAndLeave={runAndLeave} />}
    </>
  );
}

/** Touches, notes, the form to edit, feeds, and the ways to merge or remove the person. */
function PersonDetails({ id, runAndLeave }: { id: string; runAndLeave: RunAndLeave }) {
  const page = useQuery(() => getPerson(id), id);
  return (
    <QueryResult query={page}>
      {(page) => (
        <>
          <PersonHeader person={page.person} />
          <div class="columns">
            <Touches page={page} />
            <NotesAndEntries page={page} />
            <EditPerson person={page.person} />
            <PersonFeeds page={page} />
            <MergePerson person={page.person} />
            <RemovePerson person={page.person} runAndLeave={runAndLeave} />
          </div>
        </>
      )}
    </QueryResult>
  );
}

function PersonHeader({ person }: { person: Person }) {
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
        {lastTouchText(person, nameOf)}
      </p>
      {person.silent_days !== null && (
        <p class="soft">{counted("person_silent", person.silent_days)}</p>
      )}
    </header>
  );
}

function Touches({ page: { person, touches, meetings } }: { page: Page }) {
  const nameOf = useNetworkNames();
  const mutation = useMutation();
  return (
    <Card title={t("touches_title")}>
      <Form
        mutation={mutation}
        submit={t("met_note")}
        clears
        save={(form) => postMeeting({ person: person.id, note: textOf(form, "note") ?? "" })}
      >
        <InputField label={t("met_what")} name="note" autoComplete="off" />
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
                <ConfirmButton
                  name={t("remove")}
                  onConfirm={() => mutation.run(() => deleteMeeting(id))}
                />
              </li>
            ))}
          </ul>
        </>
      )}
    </Card>
  );
}

function NotesAndEntries({ page: { person, entries } }: { page: Page }) {
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

/** A switch for the public feed of each handle; feeds are off at first. */
function PersonFeeds({ page: { person, feeds } }: { page: Page }) {
  const nameOf = useNetworkNames();
  if (person.handles.length === 0) return null;
  return (
    <Card title={t("person_feeds")} lead={t("person_feeds_lead")}>
      <ul class="plain">
        {person.handles.map(({ network, handle }) => (
          <li key={`${network} ${handle}`}>
            <FeedSwitch
              feed={feeds.find(isHandle(network, handle))?.feed ?? null}
              save={(change) => putPersonFeed(person.id, { network, handle }, change)}
            >
              <bdi>{`@${handle} (${nameOf(network)})`}</bdi>
            </FeedSwitch>
          </li>
        ))}
      </ul>
    </Card>
  );
}

const isHandle = (network: string, handle: string) => (one: Handle) =>
  one.network === network && one.handle.toLowerCase() === handle.toLowerCase();

function EditPerson({ person }: { person: Person }) {
  const mutation = useMutation();
  return (
    <Card title={t("person_edit")}>
      <Form mutation={mutation} save={(form) => patchPerson(person.id, personFromForm(form))}>
        <PersonFields person={person} />
      </Form>
    </Card>
  );
}

function MergePerson({ person }: { person: Person }) {
  const people = useQuery(getPeople);
  const others = (people.data?.people ?? []).filter(({ id }) => id !== person.id);
  if (others.length === 0) return null;
  return (
    <Card title={t("person_merge")}>
      <Form
        submit={t("merge")}
        save={(form) => postMerge({ kept: person.id, gone: String(form.get("gone")) })}
      >
        <Field label={t("merge_with")} hint={t("merge_hint")}>
          {(props) => <PersonSelect {...props} name="gone" people={others} />}
        </Field>
      </Form>
    </Card>
  );
}

/** Removing keeps what the browser recorded about the person; forgetting deletes it as well. */
function RemovePerson({
  person: { id },
  runAndLeave,
}: {
  person: Person;
  runAndLeave: RunAndLeave;
}) {
  return (
    <Card title={t("person_part")} lead={t("person_part_lead")}>
      <ForgetWithUndo onForget={(what) => runAndLeave(() => postForget(what, false))}>
        {(requestForget) => (
          <p class="actions">
            <ConfirmButton
              name={t("person_remove")}
              onConfirm={() => runAndLeave(() => deletePerson(id))}
            />
            <button type="button" onClick={() => requestForget({ person: id })}>
              {t("person_forget")}
            </button>
          </p>
        )}
      </ForgetWithUndo>
    </Card>
  );
}
