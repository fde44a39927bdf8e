import { type FeedView, getFeeds } from "../api/feeds.ts";
import { putPersonFeed } from "../api/people.ts";
import { putFeed } from "../api/profiles.ts";
import { useQuery } from "../hooks/use-query.ts";
import { linkTo } from "../hooks/use-route.ts";
import { Card } from "../parts/card.tsx";
import { FeedSwitch } from "../parts/feed-switch.tsx";
import { QueryResult } from "../parts/query-result.tsx";
import { RowList } from "../parts/row-list.tsx";
import { t } from "../words/lookup.ts";

/** All public feeds in one list: the address, when it was last read, and a switch. */
export function Feeds() {
  const feeds = useQuery(getFeeds);
  return (
    <Card title={t("feeds_title")} lead={t("feeds_lead")}>
      <QueryResult query={feeds}>
        {({ feeds }) => (
          <RowList items={feeds} empty={t("feeds_none")}>
            {(one) => <Row key={`${one.person} ${one.network} ${one.handle}`} feed={one} />}
          </RowList>
        )}
      </QueryResult>
      <p class="soft">{t("feeds_people")}</p>
    </Card>
  );
}

function Row({ feed }: { feed: FeedView }) {
  const { person, person_name: name, handle, address } = feed;
  return (
    <li>
      <div>
        <FeedSwitch
          feed={feed}
          save={(change) =>
            person === null ? putFeed(feed, change) : putPersonFeed(person, feed, change)
          }
        >
          <bdi>{`@${handle} (${feed.name})`}</bdi>
        </FeedSwitch>
        <p class="soft">
          {person === null ? (
            t("feed_own")
          ) : (
            <a href={linkTo("people", person)}>
              <bdi>{name}</bdi>
            </a>
          )}
          {" · "}
          {address === null ? t("feed_unknown") : <bdi>{address}</bdi>}
          {feed.resting && ` · ${t("feed_resting")}`}
        </p>
      </div>
    </li>
  );
}
