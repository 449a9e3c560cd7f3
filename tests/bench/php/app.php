<?php
// E2 and E3 as PHP with PDO does them: the check of the key, and the statement of the C program.
$db = new PDO($_SERVER['STORE'], 'root', '', [PDO::ATTR_PERSISTENT => true, PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION]);
$key = $db->prepare('SELECT ak_te_id, ak_read_only FROM `keys` WHERE ak_hash = ? AND ak_revoked IS NULL');
$key->execute([hash('sha256', $_GET['key'] ?? '')]);
$tenant = $key->fetchColumn();
header('Content-Type: application/json');
if ($tenant === false) {
  http_response_code(401);
  exit;
}
if (isset($_GET['number'])) {
  $one = $db->prepare('SELECT * FROM ex_extensions WHERE ex_te_id = ? AND ex_number = ?');
  $one->execute([$tenant, $_GET['number']]);
  echo json_encode($one->fetch(PDO::FETCH_ASSOC));
} else {
  $list = $db->prepare('SELECT ex_id AS id, ex_number AS number, ex_name AS name, ex_tech AS tech FROM ex_extensions WHERE ex_te_id = ?');
  $list->execute([$tenant]);
  echo json_encode($list->fetchAll(PDO::FETCH_ASSOC));
}
