import { render } from "preact";
import { App } from "./app.tsx";
import { listen } from "./hooks/use-live.ts";
import "./look/look.css";
import { language } from "./words/text.ts";

document.documentElement.lang = language;
listen();
const place = document.getElementById("app");
if (place) render(<App />, place);
