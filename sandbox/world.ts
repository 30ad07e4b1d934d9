import { createFaults, type Faults } from "./watch/faults";
import { createJournal, type Journal } from "./watch/journal";
import { createRateWindows, type RateWindows } from "./watch/rate-windows";
import { freshState, type State } from "./state/state";

/** All that a request handler may look at or change. */
export type World = {
  state: State;
  journal: Journal;
  faults: Faults;
  windows: RateWindows;
  /** The address the sandbox listens on. */
  url: string;
  /** The time of the machine, which the callers live in. */
  realNow: () => Date;
  /** The sandbox's own time: the machine's plus the offset set by `PUT /_control/clock`. */
  now: () => Date;
  /** To be called after every change of `state`. */
  changed: () => void;
};

/** Joins a state with what lives only in memory. */
export const createWorld = (options: { state: State; realNow: () => Date }): World => {
  const world: World = {
    state: options.state,
    journal: createJournal(),
    faults: createFaults(),
    windows: createRateWindows(),
    url: "",
    realNow: options.realNow,
    now: () => new Date(options.realNow().getTime() + world.state.clockOffsetMs),
    changed: () => undefined,
  };
  return world;
};

/** Everything back to the presets. The signing key stays, so that tokens in use remain genuine. */
export const resetWorld = (world: World): void => {
  world.state = freshState(world.state.signingKey);
  world.journal.clear();
  world.faults.clear();
  world.windows.clear();
  world.changed();
};
