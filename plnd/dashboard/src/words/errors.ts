/**
 * The text of an error. The daemon writes its errors in English; for other languages this module
 * has texts of its own, by code and field, or by code alone.
 */
import { isKey, language, t } from "./lookup.ts";

/** An error as the daemon answers it. */
interface ErrorAnswer {
  code: string;
  field: string | null;
  message: string;
  hint: string;
}

/** What happened, and what to do. */
type ErrorText = readonly [message: string, hint: string];

const GERMAN: Record<string, ErrorText> = {
  invalid: ["Das passt so nicht.", "Sehen Sie die Eingaben noch einmal durch."],
  "invalid time_zone": ["Diese Zeitzone gibt es nicht.", "Zum Beispiel Europe/Berlin."],
  "invalid day_start": ["Eine volle Stunde von 0 bis 23.", ""],
  "invalid work_start": ["Eine Viertelstunde, zum Beispiel 09:00 oder 09:15.", ""],
  "invalid work_end": ["Das Arbeitsende liegt nach dem Beginn, auf einer Viertelstunde.", ""],
  "invalid quiet_start": ["Zur Ruhezeit gehören Beginn und Ende, auf einer Viertelstunde.", ""],
  "invalid quiet_end": ["Zur Ruhezeit gehören Beginn und Ende, auf einer Viertelstunde.", ""],
  "invalid grace_minutes": ["Von 0 bis 240 Minuten.", ""],
  "invalid minutes": ["So viele Minuten passen hier nicht.", "Ein Tag hat 1.440."],
  "invalid network": ["Dieses Netzwerk kennt plnd nicht.", "Wählen Sie eins aus der Liste."],
  "invalid until": ["Das liegt nicht in der Zukunft.", ""],
  "invalid handle": ["Das ist kein Name dort.", "Es ist der Name in der Adresse des Profils."],
  "conflict handle": ["Dieses Profil ist schon da.", ""],
  "invalid url": [
    "plnd weiß nicht, wo dieser Feed wäre.",
    "Auf Mastodon gehört der Server zum Namen: name@server.",
  ],
  "invalid name": ["Ein Name hat 1 bis 256 Zeichen.", ""],
  "invalid handles": [
    "So ist das kein Name in einem Netzwerk, oder er steht zweimal da.",
    "Schreiben Sie Netzwerk:Name, zum Beispiel x:ana.",
  ],
  "conflict handles": [
    "Einer dieser Namen gehört schon zu jemandem.",
    "Sind beide derselbe Mensch, lassen sie sich zusammenführen.",
  ],
  "invalid tags": ["Höchstens 50 Schlagwörter, jedes mit höchstens 256 Zeichen.", ""],
  "invalid cadence.ideal_days": ["Von 1 bis 3.650 Tagen.", ""],
  "invalid cadence.worst_days": ["Nicht weniger als das Ziel, und höchstens 3.650 Tage.", ""],
  "invalid ideal_days": ["Von 1 bis 3.650 Tagen.", ""],
  "invalid worst_days": ["Nicht weniger als das Ziel, und höchstens 3.650 Tage.", ""],
  "invalid first": ["Dieser Zeitraum passt nicht.", "Der erste Tag liegt vor dem letzten."],
  "invalid last": ["Dieser Zeitraum passt nicht.", "Der erste Tag liegt vor dem letzten."],
  "invalid how_met": ["Das ist zu lang: Höchstens 4.000 Zeichen passen.", ""],
  "invalid note": ["Das ist zu lang: Höchstens 4.000 Zeichen passen.", ""],
  "invalid gone": ["Diese beiden lassen sich nicht zusammenführen.", ""],
  "invalid content": ["Diese Datei ist nicht von der Art, die ihr Name sagt.", ""],
  "invalid tag": ["Das ist kein Hashtag.", "Ein Wort ohne Leerzeichen, wie edchat."],
  "conflict tag": ["Dieser Chat steht schon in der Liste.", "Dort können Sie ihm folgen."],
  "invalid start": [
    "Zu welcher Stunde dieser Chat ist, weiß niemand.",
    "Wenn Sie es wissen, fügen Sie ihn mit eigenem Namen hinzu.",
  ],
  "invalid text": ["Ein Satz gehört dazu, mit höchstens 4.000 Zeichen.", ""],
  "invalid person": ["Ein Name hat 1 bis 256 Zeichen.", ""],
  "invalid link": ["Das ist keine Adresse im Web.", "Sie beginnt mit https:// oder http://."],
  "invalid day": ["Das ist kein Tag im Kalender.", ""],
  "invalid week": ["Diese Woche gibt es nicht.", ""],
  "invalid year": ["Ein Jahr von 2000 bis 2100.", ""],
  "invalid hours": ["Von 0 bis 24 Stunden.", ""],
  "invalid topic": ["Das Thema hat 1 bis 256 Zeichen.", ""],
  "invalid evidence": ["Der Nachweis hat höchstens 256 Zeichen.", ""],
  "invalid from": ["Dieser Zeitraum passt nicht.", "Der erste Tag liegt vor dem letzten."],
  "invalid to": ["Dieser Zeitraum passt nicht.", "Der erste Tag liegt vor dem letzten."],
  not_found: ["Das gibt es nicht, oder nicht mehr.", "Laden Sie die Seite neu."],
  conflict: ["Das passt nicht zu dem, was schon da ist.", "Laden Sie die Seite neu."],
  too_large: ["Das ist zu viel auf einmal.", "Teilen Sie es in kleinere Teile."],
  too_hard: [
    "Diese Datei zu lesen dauerte zu lange oder brauchte zu viel Speicher.",
    "Teilen Sie sie, oder nehmen Sie den Eintrag heraus, der anders ist als die übrigen.",
  ],
  too_many_events: ["Das ist zu viel auf einmal.", "Teilen Sie es in kleinere Teile."],
  method_not_allowed: ["Das kann dieses plnd nicht.", "Laden Sie die Seite neu."],
  not_built: ["Diese Seite fehlt in dem, was installiert ist.", "Installieren Sie plnd neu."],
  wrong_host: ["Diese Seite wurde unter einem fremden Namen geöffnet.", "„plnd open“ öffnet sie."],
  foreign_origin: [
    "Diese Anfrage kam von einer fremden Seite.",
    "„plnd open“ öffnet die richtige.",
  ],
  foreign_page: ["Eine andere Seite hat das gefragt.", "„plnd open“ öffnet die richtige."],
  foreign_user: ["Dieses plnd gehört einem anderen Benutzer dieses Rechners.", ""],
  code_used: ["Dieser Link ist verbraucht.", "„plnd open“ macht einen neuen."],
  disk_full: ["Die Festplatte ist voll, nichts wurde gespeichert.", "Machen Sie Platz frei."],
  storage: ["Die Festplatte weigert sich, nichts wurde gespeichert.", "„plnd doctor“ weiß mehr."],
  damaged_store: ["Eine Datei von plnd ist beschädigt.", "„plnd doctor“ sagt, welche."],
  newer_store: ["Diese Daten sind von einem neueren plnd.", "Aktualisieren Sie plnd."],
  catalogue: ["In der Beschreibung eines Netzwerks steckt ein Fehler.", "„plnd doctor“ weiß mehr."],
  failed: ["Das ist nicht gelungen.", "„plnd doctor“ weiß mehr."],
};
const TRANSLATIONS: Record<string, Record<string, ErrorText>> = { de: GERMAN };

/** The text of an error: the page's own where there is one, otherwise the daemon's. */
export function errorText({ code, field, message, hint }: ErrorAnswer): ErrorText {
  const [ownMessage, ownHint] = [`trouble_${code}`, `hint_${code}`];
  if (isKey(ownMessage)) {
    return [t(ownMessage, { detail: message }), isKey(ownHint) ? t(ownHint) : hint];
  }
  const texts = TRANSLATIONS[language];
  return texts?.[`${code} ${field}`] ?? texts?.[code] ?? [message, hint];
}
