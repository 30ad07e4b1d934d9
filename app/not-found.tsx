export { NotFoundProblem as default } from "@/components/shell/problems";
