/** It goes into every record's title, which has to have room for it. */
export const LONGEST_TEAM_NAME = 60;
