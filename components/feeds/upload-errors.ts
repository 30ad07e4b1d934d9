type Found = {
  /** What became of the file that was chosen last; null when it was taken. */
  problem: string | null;
  /** What the form's last answer says of its file. */
  answered: readonly string[];
  /** What it said when a file was last chosen: that is done with. */
  overtaken: readonly string[] | null;
};

/** What is wrong with a form's file: one thing at a time, the newest. */
export const uploadErrors = ({ problem, answered, overtaken }: Found): readonly string[] => {
  if (problem !== null) return [problem];
  return answered === overtaken ? [] : answered;
};
