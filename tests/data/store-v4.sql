-- A store as schema version 4 wrote it. Never change this file: later versions must open it.
BEGIN TRANSACTION;
CREATE TABLE answers (
	"key" VARCHAR NOT NULL,
	engine VARCHAR NOT NULL,
	model VARCHAR,
	prompt VARCHAR NOT NULL,
	raw TEXT,
	reply TEXT,
	input_tokens INTEGER,
	output_tokens INTEGER,
	estimated BOOLEAN NOT NULL,
	cost_usd FLOAT,
	date VARCHAR,
	owner VARCHAR,
	expires FLOAT,
	PRIMARY KEY ("key")
);
INSERT INTO "answers" VALUES('1111111111111111111111111111111111111111111111111111111111111111','openai','kettle-mini','paper_summary 1','{"tldr": null}','{"tldr":null}',120,6,0,0.0001,'2031-06-02',NULL,NULL);
INSERT INTO "answers" VALUES('2222222222222222222222222222222222222222222222222222222222222222','openai','kettle-mini','paper_summary 1','no JSON',NULL,130,2,1,NULL,'2031-06-02',NULL,NULL);
INSERT INTO "answers" VALUES('3333333333333333333333333333333333333333333333333333333333333333','openai','kettle-mini','paper_summary 1',NULL,NULL,NULL,NULL,0,NULL,NULL,'desk:1:aa',1000.0);
CREATE TABLE digests (
	week VARCHAR NOT NULL,
	sheet TEXT NOT NULL,
	ended BOOLEAN NOT NULL,
	late BOOLEAN NOT NULL,
	PRIMARY KEY (week)
);
INSERT INTO "digests" VALUES('2031-W22','{}',1,0);
CREATE TABLE documents (
	ordinal INTEGER NOT NULL,
	id VARCHAR NOT NULL,
	sha256 VARCHAR NOT NULL,
	text TEXT NOT NULL,
	as_of VARCHAR NOT NULL,
	readers INTEGER NOT NULL,
	reading TEXT NOT NULL,
	PRIMARY KEY (ordinal),
	UNIQUE (id),
	UNIQUE (sha256)
);
INSERT INTO "documents" VALUES(1,'kettles.txt','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','Quiet kettles.
','2031-06-02',1,'{"format":"listing","records":[]}');
INSERT INTO "documents" VALUES(2,'kettles.txt~bbbbbb','bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb','Quieter kettles.
','2031-06-03',1,'{"format":"listing","records":[]}');
CREATE TABLE members (
	document VARCHAR NOT NULL,
	position INTEGER NOT NULL,
	paper VARCHAR NOT NULL,
	PRIMARY KEY (document, position)
);
INSERT INTO "members" VALUES('kettles.txt',0,'quiet-kettles-0a1b2c3d');
INSERT INTO "members" VALUES('kettles.txt~bbbbbb',0,'quiet-kettles-0a1b2c3d');
CREATE TABLE meta (
	"key" VARCHAR NOT NULL,
	value VARCHAR NOT NULL,
	PRIMARY KEY ("key")
);
INSERT INTO "meta" VALUES('litline_schema','4');
CREATE TABLE papers (
	ordinal INTEGER NOT NULL,
	id VARCHAR NOT NULL,
	alias_of VARCHAR,
	PRIMARY KEY (ordinal),
	UNIQUE (id)
);
INSERT INTO "papers" VALUES(1,'quiet-kettles-0a1b2c3d',NULL);
INSERT INTO "papers" VALUES(2,'quieter-kettles-4e5f6a7b','quiet-kettles-0a1b2c3d');
CREATE TABLE paths (
	path VARCHAR NOT NULL,
	document VARCHAR NOT NULL,
	PRIMARY KEY (path)
);
INSERT INTO "paths" VALUES('/home/kettles.txt','kettles.txt~bbbbbb');
CREATE TABLE reviews (
	ordinal INTEGER NOT NULL,
	id VARCHAR NOT NULL,
	review TEXT NOT NULL,
	PRIMARY KEY (ordinal),
	UNIQUE (id)
);
INSERT INTO "reviews" VALUES(1,'r1','{}');
CREATE TABLE runs (
	id INTEGER NOT NULL,
	date VARCHAR NOT NULL,
	report TEXT NOT NULL,
	PRIMARY KEY (id)
);
INSERT INTO "runs" VALUES(1,'2031-06-02','{"calls": 2}');
CREATE TABLE shown (
	week VARCHAR NOT NULL,
	paper VARCHAR NOT NULL,
	state TEXT NOT NULL,
	PRIMARY KEY (week, paper)
);
INSERT INTO "shown" VALUES('2031-W22','quiet-kettles-0a1b2c3d','{}');
CREATE TABLE worked_out (
	kind VARCHAR NOT NULL,
	"key" VARCHAR NOT NULL,
	basis VARCHAR NOT NULL,
	value TEXT NOT NULL,
	PRIMARY KEY (kind, "key")
);
INSERT INTO "worked_out" VALUES('line','quiet-kettles-0a1b2c3d','1','"quiet-kettles"');
CREATE INDEX ix_members_paper ON members (paper);
COMMIT;
