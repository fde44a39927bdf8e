/** Written by scripts/catalogue: where a plain GET can be an act. */
export const GET_HOSTS = ["https://news.ycombinator.com/*"];
