export { ForbiddenProblem as default } from "@/components/shell/problems";
