import { render } from "preact";
import { App } from "./app.tsx";
import { connectLive } from "./hooks/use-live.ts";
import "./look/index.css";
import { language } from "./words/lookup.ts";

document.documentElement.lang = language;
connectLive();
const root = document.getElementById("app");
if (root) render(<App />, root);
