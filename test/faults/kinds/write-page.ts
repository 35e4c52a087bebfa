/** Writes the tables of docs/faults.md. */
import { writeFaultsPage } from "./page.ts";

writeFaultsPage();
