import { describe, expect, it } from "vitest";

import { followRequests } from "./refused-requests";

describe("what of a part is for certain not there", () => {
  it("is what a request carried that was refused, and nothing of one that was answered", () => {
    const requests = followRequests();
    requests.leave(["a", "b"]);
    expect(requests.find()).toBeNull();
    requests.refuse(429);
    expect(requests.find()).toEqual({ ids: ["a", "b"], status: 429 });
    requests.leave(["c"]);
    expect(requests.find()).toBeNull();
  });

  it("is what was refused twice, as with a token that had run out", () => {
    const requests = followRequests();
    requests.leave(["a"]);
    requests.refuse(401);
    requests.leave(["a"]);
    requests.refuse(401);
    expect(requests.find()).toEqual({ ids: ["a"], status: 401 });
  });

  it("is not what an earlier request had carried and was not answered for", () => {
    const requests = followRequests();
    requests.leave(["a", "b"]);
    requests.leave(["b", "c"]);
    requests.refuse(429);
    expect(requests.find()).toEqual({ ids: ["c"], status: 429 });
    requests.begin();
    requests.leave(["b"]);
    requests.refuse(null);
    expect(requests.find()).toEqual({ ids: ["b"], status: null });
  });
});
