import { type Reply } from "../http/reply";
import { type World } from "../world";

import { page } from "./layout";
import { markup } from "./markup";

/** A 404 page that leads back home. */
export const missingPage = (world: World, message: string): Reply =>
  page(world, {
    title: "Not found",
    here: "",
    status: 404,
    body: markup`<h1>Not found</h1><p class="card none">${message} <a href="/">Back to the start</a></p>`,
  });
