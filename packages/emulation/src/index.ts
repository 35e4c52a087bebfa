/** A deployment as processes and containers. */
export { type ComposeFile, type ComposeOptions, composeFile } from "./compose.ts";
