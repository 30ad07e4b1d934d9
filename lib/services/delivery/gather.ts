import "server-only";

import DataLoader from "dataloader";

/**
 * Makes one question to the database of those that are asked within a moment: requests that leave side by side would else wait for
 * each other's locks. Answers come in the order of the questions, and an error among them is thrown to its question alone; what is
 * thrown is thrown to all of them.
 */
export const gather = <Question, Answer>(
  answerAll: (questions: readonly Question[]) => Promise<readonly (Answer | Error)[]>,
  momentMs = 0,
): ((question: Question) => Promise<Answer>) => {
  const loader = new DataLoader<Question, Answer>(async (questions) => [...(await answerAll(questions))], {
    cache: false,
    batchScheduleFn: (start) => setTimeout(start, momentMs),
  });
  return (question) => loader.load(question);
};
