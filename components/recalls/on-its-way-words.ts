import { formatNumber } from "@/components/ui/format-number";

/** What becomes of what is held back and already in a push, as the end of a sentence that says how many these are. */
export const sayOnItsWay = (count: number): string =>
  count === 1
    ? "1 more is on its way: it is not sent, or taken back once it has arrived."
    : `${formatNumber(count)} more are on their way: they are not sent, or taken back once they have arrived.`;

/** The same beside a plan that takes back everything that stands. */
export const sayBesideWithdrawal = (count: number): string =>
  count === 1
    ? "1 more is on its way, and this plan does not take it back."
    : `${formatNumber(count)} more are on their way, and this plan does not take them back.`;

/** The same where all of it waits and was not sent. */
export const sayWaitingBeside = (count: number): string =>
  count === 1
    ? "1 more waits to be sent, and this plan takes its place."
    : `${formatNumber(count)} more wait to be sent, and this plan takes their place.`;
