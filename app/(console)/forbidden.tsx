import { ForbiddenProblem } from "@/components/shell/problems";

import { ConsoleShell } from "./console-shell";

export default function ConsoleForbidden() {
  return (
    <ConsoleShell team={null}>
      <ForbiddenProblem />
    </ConsoleShell>
  );
}
