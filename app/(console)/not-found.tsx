import { NotFoundProblem } from "@/components/shell/problems";

import { ConsoleShell } from "./console-shell";

export default function ConsoleNotFound() {
  return (
    <ConsoleShell team={null}>
      <NotFoundProblem />
    </ConsoleShell>
  );
}
