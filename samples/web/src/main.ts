/** Starts the parts of the page, each by itself: one that fails says so in its place. */

import { startDigits } from "./digits.ts";
import { element } from "./element.ts";
import { startSigns } from "./signs.ts";

declare const HAS_STORY: boolean;

function say(selector: string) {
  return (error: unknown): void => {
    element(selector, HTMLElement).textContent =
      `This does not work here: ${error instanceof Error ? error.message : error}`;
  };
}

startDigits().then(startSigns).catch(say("#guess"));

if (HAS_STORY) {
  import("./story.ts").then(({ startStory }) => startStory()).catch(say("#story-state"));
} else {
  element("#story-state", HTMLElement).textContent =
    "The weights of stories260K are not part of this build; samples/README.md says how to add them.";
}
