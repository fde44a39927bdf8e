import { useState } from "preact/hooks";
import {
  deleteMerge,
  getMerges,
  getPeople,
  getSuggestions,
  getTies,
  postPerson,
  postSuggestion,
  type Suggestion,
} from "../api/people.ts";
import { useMutation } from "../hooks/use-mutation.ts";
import { useQuery } from "../hooks/use-query.ts";
import { linkTo, type Route } from "../hooks/use-route.ts";
import { Card } from "../parts/card.tsx";
import { Form } from "../parts/form.tsx";
import { MutationStatus } from "../parts/mutation-status.tsx";
import { useNetworkNames } from "../parts/network-select.tsx";
import { PersonFields, personFromForm } from "../parts/person-fields.tsx";
import { PersonRow } from "../parts/person-row.tsx";
import { QueryResult } from "../parts/query-result.tsx";
import { RowList } from "../parts/row-list.tsx";
import { counted, t } from "../words/lookup.ts";
import { Cadences } from "./cadences.tsx";
import { PeopleImport } from "./people-import.tsx";
import { PersonPage } from "./person.tsx";

export default function PeoplePage({ route }: { route: Route }) {
  const [id] = route.segments;
  return id ? <PersonPage key={id} id={id} /> : <AllPeople />;
}

function AllPeople() {
  const [q, setQ] = useState("");
  const people = useQuery(() => getPeople(q), q);
  return (
    <>
      <h1>{t("page_people")}</h1>
      <div class="cards">
        <Drift />
        <SuggestedPeople />
      </div>
      <Card title={t("people_all")} wide>
        <label class="search">
          {t("search_people")}
          <input
            type="search"
            value={q}
            onInput={(event) => setQ(event.currentTarget.value)}
            autoComplete="off"
          />
        </label>
        <QueryResult query={people}>
          {({ people }) => (
            <>
              <p class="soft" role="status">
                {people.length === 0
                  ? t(q ? "people_none_found" : "people_nothing")
                  : counted("people", people.length)}
              </p>
              <ul class="rows people">
                {people.map((person) => (
                  <PersonRow key={person.id} person={person} />
                ))}
              </ul>
            </>
          )}
        </QueryResult>
      </Card>
      <div class="cards">
        <AddPerson />
        <div class="stack">
          <Cadences />
          <PeopleImport />
        </div>
      </div>
      <Merges />
    </>
  );
}

function Drift() {
  const ties = useQuery(getTies);
  return (
    <Card title={t("drift_title")} lead={t("drift_lead")}>
      <QueryResult query={ties}>
        {({ drifting, weak_tie: weak, gone_silent: silent, counts }) => (
          <>
            <RowList items={drifting.slice(0, 5)} empty={t("drift_none")}>
              {(person) => <PersonRow key={person.id} person={person} />}
            </RowList>
            {weak && (
              <p>
                {t("weak_tie")}{" "}
                <a href={linkTo("people", weak.id)}>
                  <bdi>{weak.name}</bdi>
                </a>
              </p>
            )}
            {silent.length > 0 && (
              <p class="soft">
                {t("gone_silent", {
                  names: silent
                    .slice(0, 3)
                    .map(({ name }) => name)
                    .join(", "),
                })}
              </p>
            )}
            <p class="soft">{tieCountsText(counts)}</p>
          </>
        )}
      </QueryResult>
    </Card>
  );
}

const tieCountsText = (counts: Record<string, number>): string =>
  (["strong", "weak", "dormant", "new"] as const)
    .filter((tie) => counts[tie])
    .map((tie) => counted(`ties_${tie}`, counts[tie] ?? 0))
    .join(" · ");

function SuggestedPeople() {
  const suggestions = useQuery(getSuggestions);
  const nameOf = useNetworkNames();
  const mutation = useMutation();
  const reply = ({ network, handle }: Suggestion, answer: "yes" | "no") =>
    mutation.run(() => postSuggestion({ network, handle, answer }));
  return (
    <Card title={t("suggested_title")} lead={t("suggested_lead")}>
      <QueryResult query={suggestions}>
        {({ suggestions }) => (
          <RowList items={suggestions.slice(0, 5)} empty={t("suggested_none")}>
            {(one) => (
              <li key={`${one.network} ${one.handle}`}>
                <span>
                  <strong>
                    <bdi>@{one.handle}</bdi>
                  </strong>{" "}
                  <span class="soft">{nameOf(one.network)}</span>
                  <br />
                  <span class="soft">{one.says}</span>
                </span>
                <span class="actions">
                  <button
                    type="button"
                    aria-label={t("suggestion_yes", { handle: one.handle })}
                    onClick={() => reply(one, "yes")}
                  >
                    {t("add")}
                  </button>
                  <button
                    type="button"
                    aria-label={t("suggestion_no", { handle: one.handle })}
                    onClick={() => reply(one, "no")}
                  >
                    {t("refuse")}
                  </button>
                </span>
              </li>
            )}
          </RowList>
        )}
      </QueryResult>
      <MutationStatus mutation={mutation} />
    </Card>
  );
}

function AddPerson() {
  const mutation = useMutation();
  return (
    <Card title={t("person_add")}>
      <Form
        mutation={mutation}
        submit={t("add")}
        clears
        save={(form) => postPerson(personFromForm(form))}
      >
        <PersonFields />
      </Form>
    </Card>
  );
}

function Merges() {
  const merges = useQuery(getMerges);
  const mutation = useMutation();
  const found = merges.data?.merges ?? [];
  if (found.length === 0) return null;
  return (
    <Card title={t("merges_title")}>
      <ul class="rows">
        {found.slice(0, 5).map(({ id, kept, gone }) => (
          <li key={id}>
            <span>{t("merged", { kept: kept.name, gone: gone.name })}</span>
            <button type="button" onClick={() => mutation.run(() => deleteMerge(id))}>
              {t("undo")}
            </button>
          </li>
        ))}
      </ul>
      <MutationStatus mutation={mutation} />
    </Card>
  );
}
