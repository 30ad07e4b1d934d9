import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";

/** Looks for text inside the entries of a list; a plain form, so it works before any script has loaded. */
export const EntrySearch = ({ path, q }: { path: string; q: string }) => (
  <form action={path} role="search" aria-label="Search the entries" className="flex gap-2">
    <Input name="q" defaultValue={q} aria-label="Text in an entry" placeholder="Text in an entry" isMono />
    <Button type="submit">Search</Button>
  </form>
);
