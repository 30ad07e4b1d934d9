import { formatNumber } from "@/components/ui/format-number";

/** Places for records of ours at a tenant. Where nobody sees what others put there, which takes from them, they are the most there can be. */
export const roomWords = ({ room, foreign }: { room: number; foreign: number | null }): string =>
  foreign === null ? `at most ${formatNumber(room)}` : formatNumber(room);
