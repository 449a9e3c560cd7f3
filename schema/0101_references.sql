-- What a delete has to look up: which rows name the one that goes. The indexes hold only the few rows that
-- name any.
CREATE TABLE pn_phonelines (  -- the lines of ph_phones by row, kept by model/provisioningphone
  pn_ph_id INTEGER NOT NULL, pn_line INTEGER NOT NULL, pn_ex_id INTEGER NOT NULL,
  PRIMARY KEY (pn_ph_id, pn_line)
);
CREATE INDEX i_pn_phonelines_ex_id ON pn_phonelines (pn_ex_id);
INSERT INTO pn_phonelines (pn_ph_id, pn_line, pn_ex_id)
  SELECT ph_id, 0, ph_line0_ex_id FROM ph_phones WHERE ph_line0_ex_id > 0
  UNION ALL
  SELECT ph_id, 1, ph_line1_ex_id FROM ph_phones WHERE ph_line1_ex_id > 0
  UNION ALL
  SELECT ph_id, 2, ph_line2_ex_id FROM ph_phones WHERE ph_line2_ex_id > 0
  UNION ALL
  SELECT ph_id, 3, ph_line3_ex_id FROM ph_phones WHERE ph_line3_ex_id > 0
  UNION ALL
  SELECT ph_id, 4, ph_line4_ex_id FROM ph_phones WHERE ph_line4_ex_id > 0
  UNION ALL
  SELECT ph_id, 5, ph_line5_ex_id FROM ph_phones WHERE ph_line5_ex_id > 0
  UNION ALL
  SELECT ph_id, 6, ph_line6_ex_id FROM ph_phones WHERE ph_line6_ex_id > 0
  UNION ALL
  SELECT ph_id, 7, ph_line7_ex_id FROM ph_phones WHERE ph_line7_ex_id > 0
  UNION ALL
  SELECT ph_id, 8, ph_line8_ex_id FROM ph_phones WHERE ph_line8_ex_id > 0
  UNION ALL
  SELECT ph_id, 9, ph_line9_ex_id FROM ph_phones WHERE ph_line9_ex_id > 0
  UNION ALL
  SELECT ph_id, 10, ph_line10_ex_id FROM ph_phones WHERE ph_line10_ex_id > 0
  UNION ALL
  SELECT ph_id, 11, ph_line11_ex_id FROM ph_phones WHERE ph_line11_ex_id > 0
  UNION ALL
  SELECT ph_id, 12, ph_line12_ex_id FROM ph_phones WHERE ph_line12_ex_id > 0
  UNION ALL
  SELECT ph_id, 13, ph_line13_ex_id FROM ph_phones WHERE ph_line13_ex_id > 0
  UNION ALL
  SELECT ph_id, 14, ph_line14_ex_id FROM ph_phones WHERE ph_line14_ex_id > 0
  UNION ALL
  SELECT ph_id, 15, ph_line15_ex_id FROM ph_phones WHERE ph_line15_ex_id > 0
  UNION ALL
  SELECT ph_id, 16, ph_line16_ex_id FROM ph_phones WHERE ph_line16_ex_id > 0
  UNION ALL
  SELECT ph_id, 17, ph_line17_ex_id FROM ph_phones WHERE ph_line17_ex_id > 0
  UNION ALL
  SELECT ph_id, 18, ph_line18_ex_id FROM ph_phones WHERE ph_line18_ex_id > 0
  UNION ALL
  SELECT ph_id, 19, ph_line19_ex_id FROM ph_phones WHERE ph_line19_ex_id > 0
  UNION ALL
  SELECT ph_id, 20, ph_line20_ex_id FROM ph_phones WHERE ph_line20_ex_id > 0
  UNION ALL
  SELECT ph_id, 21, ph_line21_ex_id FROM ph_phones WHERE ph_line21_ex_id > 0
  UNION ALL
  SELECT ph_id, 22, ph_line22_ex_id FROM ph_phones WHERE ph_line22_ex_id > 0
  UNION ALL
  SELECT ph_id, 23, ph_line23_ex_id FROM ph_phones WHERE ph_line23_ex_id > 0
  UNION ALL
  SELECT ph_id, 24, ph_line24_ex_id FROM ph_phones WHERE ph_line24_ex_id > 0
  UNION ALL
  SELECT ph_id, 25, ph_line25_ex_id FROM ph_phones WHERE ph_line25_ex_id > 0
  UNION ALL
  SELECT ph_id, 26, ph_line26_ex_id FROM ph_phones WHERE ph_line26_ex_id > 0
  UNION ALL
  SELECT ph_id, 27, ph_line27_ex_id FROM ph_phones WHERE ph_line27_ex_id > 0
  UNION ALL
  SELECT ph_id, 28, ph_line28_ex_id FROM ph_phones WHERE ph_line28_ex_id > 0
  UNION ALL
  SELECT ph_id, 29, ph_line29_ex_id FROM ph_phones WHERE ph_line29_ex_id > 0
  UNION ALL
  SELECT ph_id, 30, ph_line30_ex_id FROM ph_phones WHERE ph_line30_ex_id > 0
  UNION ALL
  SELECT ph_id, 31, ph_line31_ex_id FROM ph_phones WHERE ph_line31_ex_id > 0
  UNION ALL
  SELECT ph_id, 32, ph_line32_ex_id FROM ph_phones WHERE ph_line32_ex_id > 0
  UNION ALL
  SELECT ph_id, 33, ph_line33_ex_id FROM ph_phones WHERE ph_line33_ex_id > 0
  UNION ALL
  SELECT ph_id, 34, ph_line34_ex_id FROM ph_phones WHERE ph_line34_ex_id > 0
  UNION ALL
  SELECT ph_id, 35, ph_line35_ex_id FROM ph_phones WHERE ph_line35_ex_id > 0
  UNION ALL
  SELECT ph_id, 36, ph_line36_ex_id FROM ph_phones WHERE ph_line36_ex_id > 0
  UNION ALL
  SELECT ph_id, 37, ph_line37_ex_id FROM ph_phones WHERE ph_line37_ex_id > 0
  UNION ALL
  SELECT ph_id, 38, ph_line38_ex_id FROM ph_phones WHERE ph_line38_ex_id > 0
  UNION ALL
  SELECT ph_id, 39, ph_line39_ex_id FROM ph_phones WHERE ph_line39_ex_id > 0
  UNION ALL
  SELECT ph_id, 40, ph_line40_ex_id FROM ph_phones WHERE ph_line40_ex_id > 0
  UNION ALL
  SELECT ph_id, 41, ph_line41_ex_id FROM ph_phones WHERE ph_line41_ex_id > 0
  UNION ALL
  SELECT ph_id, 42, ph_line42_ex_id FROM ph_phones WHERE ph_line42_ex_id > 0
  UNION ALL
  SELECT ph_id, 43, ph_line43_ex_id FROM ph_phones WHERE ph_line43_ex_id > 0
  UNION ALL
  SELECT ph_id, 44, ph_line44_ex_id FROM ph_phones WHERE ph_line44_ex_id > 0
  UNION ALL
  SELECT ph_id, 45, ph_line45_ex_id FROM ph_phones WHERE ph_line45_ex_id > 0
  UNION ALL
  SELECT ph_id, 46, ph_line46_ex_id FROM ph_phones WHERE ph_line46_ex_id > 0
  UNION ALL
  SELECT ph_id, 47, ph_line47_ex_id FROM ph_phones WHERE ph_line47_ex_id > 0
  UNION ALL
  SELECT ph_id, 48, ph_line48_ex_id FROM ph_phones WHERE ph_line48_ex_id > 0
  UNION ALL
  SELECT ph_id, 49, ph_line49_ex_id FROM ph_phones WHERE ph_line49_ex_id > 0
  UNION ALL
  SELECT ph_id, 50, ph_line50_ex_id FROM ph_phones WHERE ph_line50_ex_id > 0
  UNION ALL
  SELECT ph_id, 51, ph_line51_ex_id FROM ph_phones WHERE ph_line51_ex_id > 0
  UNION ALL
  SELECT ph_id, 52, ph_line52_ex_id FROM ph_phones WHERE ph_line52_ex_id > 0
  UNION ALL
  SELECT ph_id, 53, ph_line53_ex_id FROM ph_phones WHERE ph_line53_ex_id > 0
  UNION ALL
  SELECT ph_id, 54, ph_line54_ex_id FROM ph_phones WHERE ph_line54_ex_id > 0
  UNION ALL
  SELECT ph_id, 55, ph_line55_ex_id FROM ph_phones WHERE ph_line55_ex_id > 0
  UNION ALL
  SELECT ph_id, 56, ph_line56_ex_id FROM ph_phones WHERE ph_line56_ex_id > 0
  UNION ALL
  SELECT ph_id, 57, ph_line57_ex_id FROM ph_phones WHERE ph_line57_ex_id > 0
  UNION ALL
  SELECT ph_id, 58, ph_line58_ex_id FROM ph_phones WHERE ph_line58_ex_id > 0
  UNION ALL
  SELECT ph_id, 59, ph_line59_ex_id FROM ph_phones WHERE ph_line59_ex_id > 0
  UNION ALL
  SELECT ph_id, 60, ph_line60_ex_id FROM ph_phones WHERE ph_line60_ex_id > 0
  UNION ALL
  SELECT ph_id, 61, ph_line61_ex_id FROM ph_phones WHERE ph_line61_ex_id > 0
  UNION ALL
  SELECT ph_id, 62, ph_line62_ex_id FROM ph_phones WHERE ph_line62_ex_id > 0
  UNION ALL
  SELECT ph_id, 63, ph_line63_ex_id FROM ph_phones WHERE ph_line63_ex_id > 0
  UNION ALL
  SELECT ph_id, 64, ph_line64_ex_id FROM ph_phones WHERE ph_line64_ex_id > 0
  UNION ALL
  SELECT ph_id, 65, ph_line65_ex_id FROM ph_phones WHERE ph_line65_ex_id > 0
  UNION ALL
  SELECT ph_id, 66, ph_line66_ex_id FROM ph_phones WHERE ph_line66_ex_id > 0
  UNION ALL
  SELECT ph_id, 67, ph_line67_ex_id FROM ph_phones WHERE ph_line67_ex_id > 0
  UNION ALL
  SELECT ph_id, 68, ph_line68_ex_id FROM ph_phones WHERE ph_line68_ex_id > 0
  UNION ALL
  SELECT ph_id, 69, ph_line69_ex_id FROM ph_phones WHERE ph_line69_ex_id > 0
  UNION ALL
  SELECT ph_id, 70, ph_line70_ex_id FROM ph_phones WHERE ph_line70_ex_id > 0
  UNION ALL
  SELECT ph_id, 71, ph_line71_ex_id FROM ph_phones WHERE ph_line71_ex_id > 0
  UNION ALL
  SELECT ph_id, 72, ph_line72_ex_id FROM ph_phones WHERE ph_line72_ex_id > 0
  UNION ALL
  SELECT ph_id, 73, ph_line73_ex_id FROM ph_phones WHERE ph_line73_ex_id > 0
  UNION ALL
  SELECT ph_id, 74, ph_line74_ex_id FROM ph_phones WHERE ph_line74_ex_id > 0
  UNION ALL
  SELECT ph_id, 75, ph_line75_ex_id FROM ph_phones WHERE ph_line75_ex_id > 0
  UNION ALL
  SELECT ph_id, 76, ph_line76_ex_id FROM ph_phones WHERE ph_line76_ex_id > 0
  UNION ALL
  SELECT ph_id, 77, ph_line77_ex_id FROM ph_phones WHERE ph_line77_ex_id > 0
  UNION ALL
  SELECT ph_id, 78, ph_line78_ex_id FROM ph_phones WHERE ph_line78_ex_id > 0
  UNION ALL
  SELECT ph_id, 79, ph_line79_ex_id FROM ph_phones WHERE ph_line79_ex_id > 0
  UNION ALL
  SELECT ph_id, 80, ph_line80_ex_id FROM ph_phones WHERE ph_line80_ex_id > 0
  UNION ALL
  SELECT ph_id, 81, ph_line81_ex_id FROM ph_phones WHERE ph_line81_ex_id > 0
  UNION ALL
  SELECT ph_id, 82, ph_line82_ex_id FROM ph_phones WHERE ph_line82_ex_id > 0
  UNION ALL
  SELECT ph_id, 83, ph_line83_ex_id FROM ph_phones WHERE ph_line83_ex_id > 0
  UNION ALL
  SELECT ph_id, 84, ph_line84_ex_id FROM ph_phones WHERE ph_line84_ex_id > 0
  UNION ALL
  SELECT ph_id, 85, ph_line85_ex_id FROM ph_phones WHERE ph_line85_ex_id > 0
  UNION ALL
  SELECT ph_id, 86, ph_line86_ex_id FROM ph_phones WHERE ph_line86_ex_id > 0
  UNION ALL
  SELECT ph_id, 87, ph_line87_ex_id FROM ph_phones WHERE ph_line87_ex_id > 0
  UNION ALL
  SELECT ph_id, 88, ph_line88_ex_id FROM ph_phones WHERE ph_line88_ex_id > 0
  UNION ALL
  SELECT ph_id, 89, ph_line89_ex_id FROM ph_phones WHERE ph_line89_ex_id > 0
  UNION ALL
  SELECT ph_id, 90, ph_line90_ex_id FROM ph_phones WHERE ph_line90_ex_id > 0
  UNION ALL
  SELECT ph_id, 91, ph_line91_ex_id FROM ph_phones WHERE ph_line91_ex_id > 0
  UNION ALL
  SELECT ph_id, 92, ph_line92_ex_id FROM ph_phones WHERE ph_line92_ex_id > 0
  UNION ALL
  SELECT ph_id, 93, ph_line93_ex_id FROM ph_phones WHERE ph_line93_ex_id > 0
  UNION ALL
  SELECT ph_id, 94, ph_line94_ex_id FROM ph_phones WHERE ph_line94_ex_id > 0
  UNION ALL
  SELECT ph_id, 95, ph_line95_ex_id FROM ph_phones WHERE ph_line95_ex_id > 0
  UNION ALL
  SELECT ph_id, 96, ph_line96_ex_id FROM ph_phones WHERE ph_line96_ex_id > 0
  UNION ALL
  SELECT ph_id, 97, ph_line97_ex_id FROM ph_phones WHERE ph_line97_ex_id > 0
  UNION ALL
  SELECT ph_id, 98, ph_line98_ex_id FROM ph_phones WHERE ph_line98_ex_id > 0
  UNION ALL
  SELECT ph_id, 99, ph_line99_ex_id FROM ph_phones WHERE ph_line99_ex_id > 0
  UNION ALL
  SELECT ph_id, 100, ph_line100_ex_id FROM ph_phones WHERE ph_line100_ex_id > 0
  UNION ALL
  SELECT ph_id, 101, ph_line101_ex_id FROM ph_phones WHERE ph_line101_ex_id > 0
  UNION ALL
  SELECT ph_id, 102, ph_line102_ex_id FROM ph_phones WHERE ph_line102_ex_id > 0
  UNION ALL
  SELECT ph_id, 103, ph_line103_ex_id FROM ph_phones WHERE ph_line103_ex_id > 0
  UNION ALL
  SELECT ph_id, 104, ph_line104_ex_id FROM ph_phones WHERE ph_line104_ex_id > 0
  UNION ALL
  SELECT ph_id, 105, ph_line105_ex_id FROM ph_phones WHERE ph_line105_ex_id > 0
  UNION ALL
  SELECT ph_id, 106, ph_line106_ex_id FROM ph_phones WHERE ph_line106_ex_id > 0
  UNION ALL
  SELECT ph_id, 107, ph_line107_ex_id FROM ph_phones WHERE ph_line107_ex_id > 0
  UNION ALL
  SELECT ph_id, 108, ph_line108_ex_id FROM ph_phones WHERE ph_line108_ex_id > 0
  UNION ALL
  SELECT ph_id, 109, ph_line109_ex_id FROM ph_phones WHERE ph_line109_ex_id > 0
  UNION ALL
  SELECT ph_id, 110, ph_line110_ex_id FROM ph_phones WHERE ph_line110_ex_id > 0
  UNION ALL
  SELECT ph_id, 111, ph_line111_ex_id FROM ph_phones WHERE ph_line111_ex_id > 0
  UNION ALL
  SELECT ph_id, 112, ph_line112_ex_id FROM ph_phones WHERE ph_line112_ex_id > 0
  UNION ALL
  SELECT ph_id, 113, ph_line113_ex_id FROM ph_phones WHERE ph_line113_ex_id > 0
  UNION ALL
  SELECT ph_id, 114, ph_line114_ex_id FROM ph_phones WHERE ph_line114_ex_id > 0
  UNION ALL
  SELECT ph_id, 115, ph_line115_ex_id FROM ph_phones WHERE ph_line115_ex_id > 0
  UNION ALL
  SELECT ph_id, 116, ph_line116_ex_id FROM ph_phones WHERE ph_line116_ex_id > 0
  UNION ALL
  SELECT ph_id, 117, ph_line117_ex_id FROM ph_phones WHERE ph_line117_ex_id > 0
  UNION ALL
  SELECT ph_id, 118, ph_line118_ex_id FROM ph_phones WHERE ph_line118_ex_id > 0
  UNION ALL
  SELECT ph_id, 119, ph_line119_ex_id FROM ph_phones WHERE ph_line119_ex_id > 0
  UNION ALL
  SELECT ph_id, 120, ph_line120_ex_id FROM ph_phones WHERE ph_line120_ex_id > 0
  UNION ALL
  SELECT ph_id, 121, ph_line121_ex_id FROM ph_phones WHERE ph_line121_ex_id > 0
  UNION ALL
  SELECT ph_id, 122, ph_line122_ex_id FROM ph_phones WHERE ph_line122_ex_id > 0
  UNION ALL
  SELECT ph_id, 123, ph_line123_ex_id FROM ph_phones WHERE ph_line123_ex_id > 0
  UNION ALL
  SELECT ph_id, 124, ph_line124_ex_id FROM ph_phones WHERE ph_line124_ex_id > 0
  UNION ALL
  SELECT ph_id, 125, ph_line125_ex_id FROM ph_phones WHERE ph_line125_ex_id > 0
  UNION ALL
  SELECT ph_id, 126, ph_line126_ex_id FROM ph_phones WHERE ph_line126_ex_id > 0
  UNION ALL
  SELECT ph_id, 127, ph_line127_ex_id FROM ph_phones WHERE ph_line127_ex_id > 0
  UNION ALL
  SELECT ph_id, 128, ph_line128_ex_id FROM ph_phones WHERE ph_line128_ex_id > 0
  UNION ALL
  SELECT ph_id, 129, ph_line129_ex_id FROM ph_phones WHERE ph_line129_ex_id > 0
  UNION ALL
  SELECT ph_id, 130, ph_line130_ex_id FROM ph_phones WHERE ph_line130_ex_id > 0
  UNION ALL
  SELECT ph_id, 131, ph_line131_ex_id FROM ph_phones WHERE ph_line131_ex_id > 0
  UNION ALL
  SELECT ph_id, 132, ph_line132_ex_id FROM ph_phones WHERE ph_line132_ex_id > 0
  UNION ALL
  SELECT ph_id, 133, ph_line133_ex_id FROM ph_phones WHERE ph_line133_ex_id > 0
  UNION ALL
  SELECT ph_id, 134, ph_line134_ex_id FROM ph_phones WHERE ph_line134_ex_id > 0
  UNION ALL
  SELECT ph_id, 135, ph_line135_ex_id FROM ph_phones WHERE ph_line135_ex_id > 0
  UNION ALL
  SELECT ph_id, 136, ph_line136_ex_id FROM ph_phones WHERE ph_line136_ex_id > 0
  UNION ALL
  SELECT ph_id, 137, ph_line137_ex_id FROM ph_phones WHERE ph_line137_ex_id > 0
  UNION ALL
  SELECT ph_id, 138, ph_line138_ex_id FROM ph_phones WHERE ph_line138_ex_id > 0
  UNION ALL
  SELECT ph_id, 139, ph_line139_ex_id FROM ph_phones WHERE ph_line139_ex_id > 0
  UNION ALL
  SELECT ph_id, 140, ph_line140_ex_id FROM ph_phones WHERE ph_line140_ex_id > 0
  UNION ALL
  SELECT ph_id, 141, ph_line141_ex_id FROM ph_phones WHERE ph_line141_ex_id > 0
  UNION ALL
  SELECT ph_id, 142, ph_line142_ex_id FROM ph_phones WHERE ph_line142_ex_id > 0
  UNION ALL
  SELECT ph_id, 143, ph_line143_ex_id FROM ph_phones WHERE ph_line143_ex_id > 0
  UNION ALL
  SELECT ph_id, 144, ph_line144_ex_id FROM ph_phones WHERE ph_line144_ex_id > 0
  UNION ALL
  SELECT ph_id, 145, ph_line145_ex_id FROM ph_phones WHERE ph_line145_ex_id > 0
  UNION ALL
  SELECT ph_id, 146, ph_line146_ex_id FROM ph_phones WHERE ph_line146_ex_id > 0
  UNION ALL
  SELECT ph_id, 147, ph_line147_ex_id FROM ph_phones WHERE ph_line147_ex_id > 0
  UNION ALL
  SELECT ph_id, 148, ph_line148_ex_id FROM ph_phones WHERE ph_line148_ex_id > 0
  UNION ALL
  SELECT ph_id, 149, ph_line149_ex_id FROM ph_phones WHERE ph_line149_ex_id > 0
  UNION ALL
  SELECT ph_id, 150, ph_line150_ex_id FROM ph_phones WHERE ph_line150_ex_id > 0
  UNION ALL
  SELECT ph_id, 151, ph_line151_ex_id FROM ph_phones WHERE ph_line151_ex_id > 0
  UNION ALL
  SELECT ph_id, 152, ph_line152_ex_id FROM ph_phones WHERE ph_line152_ex_id > 0
  UNION ALL
  SELECT ph_id, 153, ph_line153_ex_id FROM ph_phones WHERE ph_line153_ex_id > 0
  UNION ALL
  SELECT ph_id, 154, ph_line154_ex_id FROM ph_phones WHERE ph_line154_ex_id > 0
  UNION ALL
  SELECT ph_id, 155, ph_line155_ex_id FROM ph_phones WHERE ph_line155_ex_id > 0
  UNION ALL
  SELECT ph_id, 156, ph_line156_ex_id FROM ph_phones WHERE ph_line156_ex_id > 0
  UNION ALL
  SELECT ph_id, 157, ph_line157_ex_id FROM ph_phones WHERE ph_line157_ex_id > 0
  UNION ALL
  SELECT ph_id, 158, ph_line158_ex_id FROM ph_phones WHERE ph_line158_ex_id > 0
  UNION ALL
  SELECT ph_id, 159, ph_line159_ex_id FROM ph_phones WHERE ph_line159_ex_id > 0
  UNION ALL
  SELECT ph_id, 160, ph_line160_ex_id FROM ph_phones WHERE ph_line160_ex_id > 0
  UNION ALL
  SELECT ph_id, 161, ph_line161_ex_id FROM ph_phones WHERE ph_line161_ex_id > 0
  UNION ALL
  SELECT ph_id, 162, ph_line162_ex_id FROM ph_phones WHERE ph_line162_ex_id > 0
  UNION ALL
  SELECT ph_id, 163, ph_line163_ex_id FROM ph_phones WHERE ph_line163_ex_id > 0
  UNION ALL
  SELECT ph_id, 164, ph_line164_ex_id FROM ph_phones WHERE ph_line164_ex_id > 0
  UNION ALL
  SELECT ph_id, 165, ph_line165_ex_id FROM ph_phones WHERE ph_line165_ex_id > 0
  UNION ALL
  SELECT ph_id, 166, ph_line166_ex_id FROM ph_phones WHERE ph_line166_ex_id > 0
  UNION ALL
  SELECT ph_id, 167, ph_line167_ex_id FROM ph_phones WHERE ph_line167_ex_id > 0
  UNION ALL
  SELECT ph_id, 168, ph_line168_ex_id FROM ph_phones WHERE ph_line168_ex_id > 0
  UNION ALL
  SELECT ph_id, 169, ph_line169_ex_id FROM ph_phones WHERE ph_line169_ex_id > 0
  UNION ALL
  SELECT ph_id, 170, ph_line170_ex_id FROM ph_phones WHERE ph_line170_ex_id > 0
  UNION ALL
  SELECT ph_id, 171, ph_line171_ex_id FROM ph_phones WHERE ph_line171_ex_id > 0
  UNION ALL
  SELECT ph_id, 172, ph_line172_ex_id FROM ph_phones WHERE ph_line172_ex_id > 0
  UNION ALL
  SELECT ph_id, 173, ph_line173_ex_id FROM ph_phones WHERE ph_line173_ex_id > 0
  UNION ALL
  SELECT ph_id, 174, ph_line174_ex_id FROM ph_phones WHERE ph_line174_ex_id > 0
  UNION ALL
  SELECT ph_id, 175, ph_line175_ex_id FROM ph_phones WHERE ph_line175_ex_id > 0
  UNION ALL
  SELECT ph_id, 176, ph_line176_ex_id FROM ph_phones WHERE ph_line176_ex_id > 0
  UNION ALL
  SELECT ph_id, 177, ph_line177_ex_id FROM ph_phones WHERE ph_line177_ex_id > 0
  UNION ALL
  SELECT ph_id, 178, ph_line178_ex_id FROM ph_phones WHERE ph_line178_ex_id > 0
  UNION ALL
  SELECT ph_id, 179, ph_line179_ex_id FROM ph_phones WHERE ph_line179_ex_id > 0
  UNION ALL
  SELECT ph_id, 180, ph_line180_ex_id FROM ph_phones WHERE ph_line180_ex_id > 0
  UNION ALL
  SELECT ph_id, 181, ph_line181_ex_id FROM ph_phones WHERE ph_line181_ex_id > 0
  UNION ALL
  SELECT ph_id, 182, ph_line182_ex_id FROM ph_phones WHERE ph_line182_ex_id > 0
  UNION ALL
  SELECT ph_id, 183, ph_line183_ex_id FROM ph_phones WHERE ph_line183_ex_id > 0
  UNION ALL
  SELECT ph_id, 184, ph_line184_ex_id FROM ph_phones WHERE ph_line184_ex_id > 0
  UNION ALL
  SELECT ph_id, 185, ph_line185_ex_id FROM ph_phones WHERE ph_line185_ex_id > 0
  UNION ALL
  SELECT ph_id, 186, ph_line186_ex_id FROM ph_phones WHERE ph_line186_ex_id > 0
  UNION ALL
  SELECT ph_id, 187, ph_line187_ex_id FROM ph_phones WHERE ph_line187_ex_id > 0
  UNION ALL
  SELECT ph_id, 188, ph_line188_ex_id FROM ph_phones WHERE ph_line188_ex_id > 0
  UNION ALL
  SELECT ph_id, 189, ph_line189_ex_id FROM ph_phones WHERE ph_line189_ex_id > 0
  UNION ALL
  SELECT ph_id, 190, ph_line190_ex_id FROM ph_phones WHERE ph_line190_ex_id > 0
  UNION ALL
  SELECT ph_id, 191, ph_line191_ex_id FROM ph_phones WHERE ph_line191_ex_id > 0
  UNION ALL
  SELECT ph_id, 192, ph_line192_ex_id FROM ph_phones WHERE ph_line192_ex_id > 0
  UNION ALL
  SELECT ph_id, 193, ph_line193_ex_id FROM ph_phones WHERE ph_line193_ex_id > 0
  UNION ALL
  SELECT ph_id, 194, ph_line194_ex_id FROM ph_phones WHERE ph_line194_ex_id > 0
  UNION ALL
  SELECT ph_id, 195, ph_line195_ex_id FROM ph_phones WHERE ph_line195_ex_id > 0
  UNION ALL
  SELECT ph_id, 196, ph_line196_ex_id FROM ph_phones WHERE ph_line196_ex_id > 0
  UNION ALL
  SELECT ph_id, 197, ph_line197_ex_id FROM ph_phones WHERE ph_line197_ex_id > 0
  UNION ALL
  SELECT ph_id, 198, ph_line198_ex_id FROM ph_phones WHERE ph_line198_ex_id > 0
  UNION ALL
  SELECT ph_id, 199, ph_line199_ex_id FROM ph_phones WHERE ph_line199_ex_id > 0
  UNION ALL
  SELECT ph_id, 200, ph_line200_ex_id FROM ph_phones WHERE ph_line200_ex_id > 0;

CREATE INDEX i_ux_userrestrictions_type_type_id ON ux_userrestrictions (ux_type, ux_type_id);
CREATE INDEX i_ur_userroutingprofiles_rp_id ON ur_userroutingprofiles (ur_rp_id);
CREATE INDEX i_uu_userprofilesallowed_up_id ON uu_userprofilesallowed (uu_up_id);

CREATE INDEX i_ex_extensions_mu_id
  ON ex_extensions (ex_mu_id) WHERE ex_mu_id IS NOT NULL;
CREATE INDEX i_ex_extensions_cr_id
  ON ex_extensions (ex_cr_id) WHERE ex_cr_id IS NOT NULL;
CREATE INDEX i_ex_extensions_cl_id
  ON ex_extensions (ex_cl_id) WHERE ex_cl_id IS NOT NULL;
CREATE INDEX i_ex_extensions_sms_rp_id
  ON ex_extensions (ex_sms_rp_id) WHERE ex_sms_rp_id IS NOT NULL;
CREATE INDEX i_ex_extensions_oncondition_id
  ON ex_extensions (ex_oncondition_id) WHERE ex_oncondition_id IS NOT NULL;
CREATE INDEX i_ex_extensions_fmfmonconditionid
  ON ex_extensions (ex_fmfmonconditionid) WHERE ex_fmfmonconditionid IS NOT NULL;
CREATE INDEX i_ex_extensions_fmfmconfirmmessage_id
  ON ex_extensions (ex_fmfmconfirmmessage_id) WHERE ex_fmfmconfirmmessage_id IS NOT NULL;
CREATE INDEX i_ex_extensions_fmfmholdmessage_id
  ON ex_extensions (ex_fmfmholdmessage_id) WHERE ex_fmfmholdmessage_id IS NOT NULL;
CREATE INDEX i_ex_extensions_dn_me_id
  ON ex_extensions (ex_dn_me_id) WHERE ex_dn_me_id IS NOT NULL;

CREATE INDEX i_qu_queues_youarenext_me_id
  ON qu_queues (qu_youarenext_me_id) WHERE qu_youarenext_me_id IS NOT NULL;
CREATE INDEX i_qu_queues_thereare_me_id
  ON qu_queues (qu_thereare_me_id) WHERE qu_thereare_me_id IS NOT NULL;
CREATE INDEX i_qu_queues_callswaiting_me_id
  ON qu_queues (qu_callswaiting_me_id) WHERE qu_callswaiting_me_id IS NOT NULL;
CREATE INDEX i_qu_queues_thankyou_me_id
  ON qu_queues (qu_thankyou_me_id) WHERE qu_thankyou_me_id IS NOT NULL;
CREATE INDEX i_qu_queues_periodic_announce_me_id
  ON qu_queues (qu_periodic_announce_me_id) WHERE qu_periodic_announce_me_id IS NOT NULL;
CREATE INDEX i_qu_queues_agent_announce_me_id
  ON qu_queues (qu_agent_announce_me_id) WHERE qu_agent_announce_me_id IS NOT NULL;
CREATE INDEX i_qu_queues_holdtime_me_id
  ON qu_queues (qu_holdtime_me_id) WHERE qu_holdtime_me_id IS NOT NULL;
CREATE INDEX i_qu_queues_agent_confirmmessage_me_id
  ON qu_queues (qu_agent_confirmmessage_me_id) WHERE qu_agent_confirmmessage_me_id IS NOT NULL;
CREATE INDEX i_qu_queues_callbackconfirmmessage_me_id
  ON qu_queues (qu_callbackconfirmmessage_me_id) WHERE qu_callbackconfirmmessage_me_id IS NOT NULL;
CREATE INDEX i_qu_queues_ivr_id
  ON qu_queues (qu_ivr_id) WHERE qu_ivr_id IS NOT NULL;

CREATE INDEX i_hu_huntlists_confirmmessage_id
  ON hu_huntlists (hu_confirmmessage_id) WHERE hu_confirmmessage_id IS NOT NULL;

CREATE INDEX i_iv_ivrs_me_id
  ON iv_ivrs (iv_me_id) WHERE iv_me_id IS NOT NULL;

CREATE INDEX i_ds_disas_me_id
  ON ds_disas (ds_me_id) WHERE ds_me_id IS NOT NULL;

CREATE INDEX i_pa_paginggroups_me_id
  ON pa_paginggroups (pa_me_id) WHERE pa_me_id IS NOT NULL;

CREATE INDEX i_cr_conferencerooms_requestpinmeid
  ON cr_conferencerooms (cr_requestpinmeid) WHERE cr_requestpinmeid IS NOT NULL;
CREATE INDEX i_cr_conferencerooms_pinenteredmeid
  ON cr_conferencerooms (cr_pinenteredmeid) WHERE cr_pinenteredmeid IS NOT NULL;
CREATE INDEX i_cr_conferencerooms_adminpinenteredmeid
  ON cr_conferencerooms (cr_adminpinenteredmeid) WHERE cr_adminpinenteredmeid IS NOT NULL;

CREATE INDEX i_ca_campaigns_co_id
  ON ca_campaigns (ca_co_id) WHERE ca_co_id IS NOT NULL;
CREATE INDEX i_ca_campaigns_cr_id
  ON ca_campaigns (ca_cr_id) WHERE ca_cr_id IS NOT NULL;
CREATE INDEX i_ca_campaigns_qu_id
  ON ca_campaigns (ca_qu_id) WHERE ca_qu_id IS NOT NULL;
CREATE INDEX i_ca_campaigns_confirmmessage_me_id
  ON ca_campaigns (ca_confirmmessage_me_id) WHERE ca_confirmmessage_me_id IS NOT NULL;

CREATE INDEX i_di_dids_fax_rp_id
  ON di_dids (di_fax_rp_id) WHERE di_fax_rp_id IS NOT NULL;

CREATE INDEX i_te_tenants_rp_id
  ON te_tenants (te_rp_id) WHERE te_rp_id IS NOT NULL;
CREATE INDEX i_te_tenants_campaign_rp_id
  ON te_tenants (te_campaign_rp_id) WHERE te_campaign_rp_id IS NOT NULL;
CREATE INDEX i_te_tenants_fax_rp_id
  ON te_tenants (te_fax_rp_id) WHERE te_fax_rp_id IS NOT NULL;
CREATE INDEX i_te_tenants_cl_id
  ON te_tenants (te_cl_id) WHERE te_cl_id IS NOT NULL;

CREATE INDEX i_voicemail_ivr_id
  ON voicemail (ivr_id) WHERE ivr_id IS NOT NULL;

CREATE INDEX i_pr_providers_ca_id
  ON pr_providers (pr_ca_id) WHERE pr_ca_id IS NOT NULL;
CREATE INDEX i_pr_providers_did_ca_id
  ON pr_providers (pr_did_ca_id) WHERE pr_did_ca_id IS NOT NULL;

CREATE INDEX i_us_users_up_id
  ON us_users (us_up_id) WHERE us_up_id IS NOT NULL;
