/** Hash routing: `#/people/42?year=2026` is the page "people" with the segments ["42"]. */
import { useEffect, useState } from "preact/hooks";

export interface Route {
  page: string;
  /** The segments of the path after the page. */
  segments: string[];
  query: URLSearchParams;
}

function currentRoute(): Route {
  const [path = "", query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const [page = "", ...segments] = path.split("/").map(decodeURIComponent);
  return { page: page || "today", segments, query: new URLSearchParams(query) };
}

export const linkTo = (page: string, ...segments: string[]): string =>
  `#/${[page, ...segments].map(encodeURIComponent).join("/")}`;

export function useRoute(): Route {
  const [route, setRoute] = useState(currentRoute);
  useEffect(() => {
    const follow = () => setRoute(currentRoute());
    addEventListener("hashchange", follow);
    follow(); // the hash may have changed before this effect ran
    return () => removeEventListener("hashchange", follow);
  }, []);
  return route;
}
