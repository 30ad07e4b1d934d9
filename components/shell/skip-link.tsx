export const MAIN_ID = "main";

/** The first stop of the keyboard: past the navigation, to the page. */
export const SkipLink = () => (
  <a
    href={`#${MAIN_ID}`}
    className="bg-accent text-on-accent fixed top-2 left-2 z-50 -translate-y-16 rounded-md px-3 py-2 text-sm font-medium focus:translate-y-0"
  >
    Skip to the page
  </a>
);
