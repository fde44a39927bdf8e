/** Where the reader is: the part of the address after `#/`, as steps and a query. */
import { useEffect, useState } from "preact/hooks";

export interface Route {
  page: string;
  rest: string[];
  query: URLSearchParams;
}

function read(): Route {
  const [path = "", query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const [page = "", ...rest] = path.split("/").map(decodeURIComponent);
  return { page: page || "today", rest, query: new URLSearchParams(query) };
}

export const linkTo = (page: string, ...rest: string[]): string =>
  `#/${[page, ...rest].map(encodeURIComponent).join("/")}`;

export function useRoute(): Route {
  const [route, setRoute] = useState(read);
  useEffect(() => {
    const follow = () => setRoute(read());
    addEventListener("hashchange", follow);
    follow(); // it may have changed before anybody listened
    return () => removeEventListener("hashchange", follow);
  }, []);
  return route;
}
