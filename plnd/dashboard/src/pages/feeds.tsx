import { type FeedView, getFeeds } from "../api/feeds.ts";
import { putPersonFeed } from "../api/people.ts";
import { putFeed } from "../api/profiles.ts";
import { useResource } from "../hooks/use-query.ts";
import { linkTo } from "../hooks/use-route.ts";
import { Card } from "../parts/card.tsx";
import { FeedSwitch } from "../parts/feed-switch.tsx";
import { Resourceful } from "../parts/query-result.tsx";
import { t } from "../words/text.ts";

/** Every public feed from one place: where it is asked, when it was, and its switch. */
export function Feeds() {
  const feeds = useResource(getFeeds);
  return (
    <Card title={t("feeds_title")} lead={t("feeds_lead")}>
      <Resourceful of={feeds}>
        {({ feeds }) =>
          feeds.length === 0 ? (
            <p class="soft">{t("feeds_none")}</p>
          ) : (
            <ul class="rows">
              {feeds.map((one) => (
                <Row key={`${one.person} ${one.network} ${one.handle}`} feed={one} />
              ))}
            </ul>
          )
        }
      </Resourceful>
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
          turn={(change) =>
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
