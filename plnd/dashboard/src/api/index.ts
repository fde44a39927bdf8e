/** The API, module for module as the daemon has it: a function for each endpoint, a shape for each answer. */

export * from "./chats.ts";
export * from "./day.ts";
export * from "./doctor.ts";
export * from "./feeds.ts";
export * from "./journal.ts";
export * from "./networks.ts";
export * from "./notices.ts";
export * from "./own-data.ts";
export * from "./people.ts";
export * from "./profiles.ts";
export * from "./review.ts";
export * from "./settings.ts";
export * from "./sources.ts";
export * from "./trends.ts";
