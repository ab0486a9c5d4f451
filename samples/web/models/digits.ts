/** What the page computes with drawings: LeNet's digits, and signs of the user's own, on the same features. */

export { classify, logits } from "../../mnist/lenet.ts";
export { features, learn, predict } from "../../personalize/personalize.ts";
