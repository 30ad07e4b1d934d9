import { crc32, deflateRawSync } from "node:zlib";

type File = {
  name: string;
  body: string | Buffer;
  /** 8 (Deflate) unless told otherwise; of any other the body stands there as it is. */
  method?: number;
  isEncrypted?: boolean;
  /** What the archive says of its contents, if not the truth. */
  checksum?: number;
};

/** A zip archive of these files, as the tools of this world write them. */
export const zipOf = (files: readonly File[]): Buffer => {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const file of files) {
    const { local, central } = headersOf(file, offset);
    parts.push(local.header, local.data);
    offset += local.header.length + local.data.length;
    directory.push(central);
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  const end = Buffer.alloc(22);
  end.write("PK\u0005\u0006", "latin1");
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, ...directory, end]);
};

const headersOf = ({ name, body, method = 8, isEncrypted = false, checksum }: File, offset: number) => {
  const content = Buffer.from(body);
  const data = method === 8 ? deflateRawSync(content) : content;
  const facts = Buffer.alloc(26);
  facts.writeUInt16LE(20, 0);
  facts.writeUInt16LE((isEncrypted ? 1 : 0) | UTF8, 2);
  facts.writeUInt16LE(method, 4);
  facts.writeUInt32LE(checksum ?? crc32(content), 10);
  facts.writeUInt32LE(data.length, 14);
  facts.writeUInt32LE(content.length, 18);
  facts.writeUInt16LE(Buffer.byteLength(name), 22);
  const rest = Buffer.alloc(14);
  rest.writeUInt32LE(offset, 10);
  return {
    local: {
      header: Buffer.concat([Buffer.from("PK\u0003\u0004", "latin1"), facts, Buffer.from(name)]),
      data,
    },
    central: Buffer.concat([Buffer.from("PK\u0001\u0002\u0014\0", "latin1"), facts, rest, Buffer.from(name)]),
  };
};

const UTF8 = 0x800;
