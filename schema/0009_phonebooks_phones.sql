-- Phonebooks (a phonebook has entries, an entry has one detail per item, the layout orders the
-- items) and phones to provision.

CREATE TABLE pi_phonebookitems (
  pi_id INTEGER PRIMARY KEY AUTOINCREMENT, pi_code VARCHAR(40) NOT NULL, pi_name TEXT
);
CREATE UNIQUE INDEX u_pi_phonebookitems_code ON pi_phonebookitems (pi_code);

CREATE TABLE pb_phonebooks (
  pb_id INTEGER PRIMARY KEY AUTOINCREMENT, pb_te_id INTEGER NOT NULL DEFAULT 0,
  pb_name VARCHAR(191) NOT NULL, pb_includeext TEXT, pb_includeshortnum TEXT
);
CREATE UNIQUE INDEX u_pb_phonebooks_te_id_name ON pb_phonebooks (pb_te_id, pb_name);

CREATE TABLE pl_phonebooklayouts (
  pl_id INTEGER PRIMARY KEY AUTOINCREMENT, pl_te_id INTEGER NOT NULL DEFAULT 0, pl_pb_id INTEGER,
  pl_pi_id INTEGER, pl_order INTEGER
);
CREATE INDEX i_pl_phonebooklayouts_pb_id_order ON pl_phonebooklayouts (pl_pb_id, pl_order);
CREATE INDEX i_pl_phonebooklayouts_te_id ON pl_phonebooklayouts (pl_te_id);

CREATE TABLE pe_phonebookentries (
  pe_id INTEGER PRIMARY KEY AUTOINCREMENT, pe_te_id INTEGER NOT NULL DEFAULT 0, pe_pb_id INTEGER
);
CREATE INDEX i_pe_phonebookentries_pb_id ON pe_phonebookentries (pe_pb_id);
CREATE INDEX i_pe_phonebookentries_te_id ON pe_phonebookentries (pe_te_id);

CREATE TABLE pd_phonebookdetails (
  pd_id INTEGER PRIMARY KEY AUTOINCREMENT, pd_te_id INTEGER NOT NULL DEFAULT 0, pd_pe_id INTEGER,
  pd_pi_id INTEGER, pd_pi_value VARCHAR(191)
);
CREATE UNIQUE INDEX u_pd_phonebookdetails_pe_id_pi_id ON pd_phonebookdetails (pd_pe_id, pd_pi_id);
CREATE INDEX i_pd_phonebookdetails_te_id_pi_id_pi_value
  ON pd_phonebookdetails (pd_te_id, pd_pi_id, pd_pi_value);
CREATE INDEX i_pd_phonebookdetails_pi_value ON pd_phonebookdetails (pd_pi_value);

CREATE TABLE pm_phonemodels (
  pm_id INTEGER PRIMARY KEY AUTOINCREMENT, pm_name VARCHAR(191) NOT NULL, pm_vendor VARCHAR(80)
);
CREATE UNIQUE INDEX u_pm_phonemodels_vendor_name ON pm_phonemodels (pm_vendor, pm_name);

CREATE TABLE ph_phones (
  ph_id INTEGER PRIMARY KEY AUTOINCREMENT, ph_name VARCHAR(191),
  ph_te_id INTEGER NOT NULL DEFAULT 0, ph_pm_id INTEGER, ph_mac VARCHAR(20),
  ph_line0_ex_id INTEGER, ph_line1_ex_id INTEGER, ph_line2_ex_id INTEGER, ph_line3_ex_id INTEGER,
  ph_line4_ex_id INTEGER, ph_line5_ex_id INTEGER, ph_line6_ex_id INTEGER, ph_line7_ex_id INTEGER,
  ph_line8_ex_id INTEGER, ph_line9_ex_id INTEGER, ph_line10_ex_id INTEGER,
  ph_line11_ex_id INTEGER, ph_line12_ex_id INTEGER, ph_line13_ex_id INTEGER,
  ph_line14_ex_id INTEGER, ph_line15_ex_id INTEGER, ph_line16_ex_id INTEGER,
  ph_line17_ex_id INTEGER, ph_line18_ex_id INTEGER, ph_line19_ex_id INTEGER,
  ph_line20_ex_id INTEGER, ph_line21_ex_id INTEGER, ph_line22_ex_id INTEGER,
  ph_line23_ex_id INTEGER, ph_line24_ex_id INTEGER, ph_line25_ex_id INTEGER,
  ph_line26_ex_id INTEGER, ph_line27_ex_id INTEGER, ph_line28_ex_id INTEGER,
  ph_line29_ex_id INTEGER, ph_line30_ex_id INTEGER, ph_line31_ex_id INTEGER,
  ph_line32_ex_id INTEGER, ph_line33_ex_id INTEGER, ph_line34_ex_id INTEGER,
  ph_line35_ex_id INTEGER, ph_line36_ex_id INTEGER, ph_line37_ex_id INTEGER,
  ph_line38_ex_id INTEGER, ph_line39_ex_id INTEGER, ph_line40_ex_id INTEGER,
  ph_line41_ex_id INTEGER, ph_line42_ex_id INTEGER, ph_line43_ex_id INTEGER,
  ph_line44_ex_id INTEGER, ph_line45_ex_id INTEGER, ph_line46_ex_id INTEGER,
  ph_line47_ex_id INTEGER, ph_line48_ex_id INTEGER, ph_line49_ex_id INTEGER,
  ph_line50_ex_id INTEGER, ph_line51_ex_id INTEGER, ph_line52_ex_id INTEGER,
  ph_line53_ex_id INTEGER, ph_line54_ex_id INTEGER, ph_line55_ex_id INTEGER,
  ph_line56_ex_id INTEGER, ph_line57_ex_id INTEGER, ph_line58_ex_id INTEGER,
  ph_line59_ex_id INTEGER, ph_line60_ex_id INTEGER, ph_line61_ex_id INTEGER,
  ph_line62_ex_id INTEGER, ph_line63_ex_id INTEGER, ph_line64_ex_id INTEGER,
  ph_line65_ex_id INTEGER, ph_line66_ex_id INTEGER, ph_line67_ex_id INTEGER,
  ph_line68_ex_id INTEGER, ph_line69_ex_id INTEGER, ph_line70_ex_id INTEGER,
  ph_line71_ex_id INTEGER, ph_line72_ex_id INTEGER, ph_line73_ex_id INTEGER,
  ph_line74_ex_id INTEGER, ph_line75_ex_id INTEGER, ph_line76_ex_id INTEGER,
  ph_line77_ex_id INTEGER, ph_line78_ex_id INTEGER, ph_line79_ex_id INTEGER,
  ph_line80_ex_id INTEGER, ph_line81_ex_id INTEGER, ph_line82_ex_id INTEGER,
  ph_line83_ex_id INTEGER, ph_line84_ex_id INTEGER, ph_line85_ex_id INTEGER,
  ph_line86_ex_id INTEGER, ph_line87_ex_id INTEGER, ph_line88_ex_id INTEGER,
  ph_line89_ex_id INTEGER, ph_line90_ex_id INTEGER, ph_line91_ex_id INTEGER,
  ph_line92_ex_id INTEGER, ph_line93_ex_id INTEGER, ph_line94_ex_id INTEGER,
  ph_line95_ex_id INTEGER, ph_line96_ex_id INTEGER, ph_line97_ex_id INTEGER,
  ph_line98_ex_id INTEGER, ph_line99_ex_id INTEGER, ph_line100_ex_id INTEGER,
  ph_line101_ex_id INTEGER, ph_line102_ex_id INTEGER, ph_line103_ex_id INTEGER,
  ph_line104_ex_id INTEGER, ph_line105_ex_id INTEGER, ph_line106_ex_id INTEGER,
  ph_line107_ex_id INTEGER, ph_line108_ex_id INTEGER, ph_line109_ex_id INTEGER,
  ph_line110_ex_id INTEGER, ph_line111_ex_id INTEGER, ph_line112_ex_id INTEGER,
  ph_line113_ex_id INTEGER, ph_line114_ex_id INTEGER, ph_line115_ex_id INTEGER,
  ph_line116_ex_id INTEGER, ph_line117_ex_id INTEGER, ph_line118_ex_id INTEGER,
  ph_line119_ex_id INTEGER, ph_line120_ex_id INTEGER, ph_line121_ex_id INTEGER,
  ph_line122_ex_id INTEGER, ph_line123_ex_id INTEGER, ph_line124_ex_id INTEGER,
  ph_line125_ex_id INTEGER, ph_line126_ex_id INTEGER, ph_line127_ex_id INTEGER,
  ph_line128_ex_id INTEGER, ph_line129_ex_id INTEGER, ph_line130_ex_id INTEGER,
  ph_line131_ex_id INTEGER, ph_line132_ex_id INTEGER, ph_line133_ex_id INTEGER,
  ph_line134_ex_id INTEGER, ph_line135_ex_id INTEGER, ph_line136_ex_id INTEGER,
  ph_line137_ex_id INTEGER, ph_line138_ex_id INTEGER, ph_line139_ex_id INTEGER,
  ph_line140_ex_id INTEGER, ph_line141_ex_id INTEGER, ph_line142_ex_id INTEGER,
  ph_line143_ex_id INTEGER, ph_line144_ex_id INTEGER, ph_line145_ex_id INTEGER,
  ph_line146_ex_id INTEGER, ph_line147_ex_id INTEGER, ph_line148_ex_id INTEGER,
  ph_line149_ex_id INTEGER, ph_line150_ex_id INTEGER, ph_line151_ex_id INTEGER,
  ph_line152_ex_id INTEGER, ph_line153_ex_id INTEGER, ph_line154_ex_id INTEGER,
  ph_line155_ex_id INTEGER, ph_line156_ex_id INTEGER, ph_line157_ex_id INTEGER,
  ph_line158_ex_id INTEGER, ph_line159_ex_id INTEGER, ph_line160_ex_id INTEGER,
  ph_line161_ex_id INTEGER, ph_line162_ex_id INTEGER, ph_line163_ex_id INTEGER,
  ph_line164_ex_id INTEGER, ph_line165_ex_id INTEGER, ph_line166_ex_id INTEGER,
  ph_line167_ex_id INTEGER, ph_line168_ex_id INTEGER, ph_line169_ex_id INTEGER,
  ph_line170_ex_id INTEGER, ph_line171_ex_id INTEGER, ph_line172_ex_id INTEGER,
  ph_line173_ex_id INTEGER, ph_line174_ex_id INTEGER, ph_line175_ex_id INTEGER,
  ph_line176_ex_id INTEGER, ph_line177_ex_id INTEGER, ph_line178_ex_id INTEGER,
  ph_line179_ex_id INTEGER, ph_line180_ex_id INTEGER, ph_line181_ex_id INTEGER,
  ph_line182_ex_id INTEGER, ph_line183_ex_id INTEGER, ph_line184_ex_id INTEGER,
  ph_line185_ex_id INTEGER, ph_line186_ex_id INTEGER, ph_line187_ex_id INTEGER,
  ph_line188_ex_id INTEGER, ph_line189_ex_id INTEGER, ph_line190_ex_id INTEGER,
  ph_line191_ex_id INTEGER, ph_line192_ex_id INTEGER, ph_line193_ex_id INTEGER,
  ph_line194_ex_id INTEGER, ph_line195_ex_id INTEGER, ph_line196_ex_id INTEGER,
  ph_line197_ex_id INTEGER, ph_line198_ex_id INTEGER, ph_line199_ex_id INTEGER,
  ph_line200_ex_id INTEGER, ph_filename TEXT, ph_acceptdata TEXT, ph_http_user TEXT,
  ph_default TEXT, ph_active TEXT, ph_virtual TEXT, ph_description TEXT, ph_password TEXT,
  ph_http_password TEXT
);
CREATE INDEX i_ph_phones_te_id_name ON ph_phones (ph_te_id, ph_name);
CREATE INDEX i_ph_phones_mac ON ph_phones (ph_mac);
CREATE INDEX i_ph_phones_line0_ex_id ON ph_phones (ph_line0_ex_id);

-- Layouts of programmable keys that pl_phonelayouts gives to phones.
CREATE TABLE bl_buttonlayouts (
  bl_id INTEGER PRIMARY KEY AUTOINCREMENT, bl_te_id INTEGER NOT NULL DEFAULT 0,
  bl_name VARCHAR(191), bl_description TEXT
);
CREATE INDEX i_bl_buttonlayouts_te_id ON bl_buttonlayouts (bl_te_id);

CREATE TABLE pl_phonelayouts (
  pl_id INTEGER PRIMARY KEY AUTOINCREMENT, pl_te_id INTEGER NOT NULL DEFAULT 0, pl_ph_id INTEGER,
  pl_bl_id INTEGER, pl_order INTEGER
);
CREATE INDEX i_pl_phonelayouts_ph_id_order ON pl_phonelayouts (pl_ph_id, pl_order);
CREATE INDEX i_pl_phonelayouts_bl_id ON pl_phonelayouts (pl_bl_id);

CREATE TABLE pp_phonephonebooks (
  pp_id INTEGER PRIMARY KEY AUTOINCREMENT, pp_te_id INTEGER NOT NULL DEFAULT 0, pp_ph_id INTEGER,
  pp_pb_id INTEGER, pp_order INTEGER
);
CREATE INDEX i_pp_phonephonebooks_ph_id_order ON pp_phonephonebooks (pp_ph_id, pp_order);
CREATE INDEX i_pp_phonephonebooks_pb_id ON pp_phonephonebooks (pp_pb_id);
CREATE INDEX i_pp_phonephonebooks_te_id ON pp_phonephonebooks (pp_te_id);
