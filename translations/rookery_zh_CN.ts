<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en_US">
<context>
    <name>Actions</name>
    <message>
        <source>&amp;New chat</source>
        <translation>新建聊天(&amp;N)</translation>
    </message>
    <message>
        <source>Starts an empty conversation.</source>
        <translation>开始一段空白聊天。</translation>
    </message>
    <message>
        <source>&amp;Open…</source>
        <translation>打开(&amp;O)…</translation>
    </message>
    <message>
        <source>Opens a model file or a saved state.</source>
        <translation>打开模型文件或已保存的状态。</translation>
    </message>
    <message>
        <source>Writes what the model remembers of this chat to a file.</source>
        <translation>把模型对此聊天的记忆写入文件。</translation>
    </message>
    <message>
        <source>&amp;Export chat…</source>
        <translation>导出聊天(&amp;E)…</translation>
    </message>
    <message>
        <source>Writes the text of this chat to a Markdown file.</source>
        <translation>把此聊天的文本写入 Markdown 文件。</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>退出(&amp;Q)</translation>
    </message>
    <message>
        <source>Closes Rookery; chats are kept.</source>
        <translation>关闭 Rookery；聊天会保留。</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>撤销(&amp;U)</translation>
    </message>
    <message>
        <source>Takes the last change back.</source>
        <translation>撤回上一次更改。</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>重做(&amp;R)</translation>
    </message>
    <message>
        <source>Makes the change again that was taken back.</source>
        <translation>重新应用撤回的更改。</translation>
    </message>
    <message>
        <source>Cu&amp;t</source>
        <translation>剪切(&amp;T)</translation>
    </message>
    <message>
        <source>Moves the selected text to the clipboard.</source>
        <translation>把选中的文本移到剪贴板。</translation>
    </message>
    <message>
        <source>&amp;Copy</source>
        <translation>复制(&amp;C)</translation>
    </message>
    <message>
        <source>Copies the selected text to the clipboard.</source>
        <translation>把选中的文本复制到剪贴板。</translation>
    </message>
    <message>
        <source>&amp;Paste</source>
        <translation>粘贴(&amp;P)</translation>
    </message>
    <message>
        <source>Inserts the clipboard&apos;s text.</source>
        <translation>插入剪贴板中的文本。</translation>
    </message>
    <message>
        <source>&amp;Edit message</source>
        <translation>编辑消息(&amp;E)</translation>
    </message>
    <message>
        <source>Edits the selected message; the old text is kept.</source>
        <translation>编辑选中的消息；旧文本会保留。</translation>
    </message>
    <message>
        <source>&amp;Delete chat</source>
        <translation>删除聊天(&amp;D)</translation>
    </message>
    <message>
        <source>Moves the chat to the trash; can be undone.</source>
        <translation>把聊天移到回收站；可以撤销。</translation>
    </message>
    <message>
        <source>&amp;Find</source>
        <translation>查找(&amp;F)</translation>
    </message>
    <message>
        <source>Goes to the search field of the page.</source>
        <translation>转到本页的搜索框。</translation>
    </message>
    <message>
        <source>Settin&amp;gs</source>
        <translation>设置(&amp;G)</translation>
    </message>
    <message>
        <source>Shows the settings page.</source>
        <translation>显示设置页。</translation>
    </message>
    <message>
        <source>&amp;Chat</source>
        <translation>聊天(&amp;C)</translation>
    </message>
    <message>
        <source>Shows the conversations.</source>
        <translation>显示聊天。</translation>
    </message>
    <message>
        <source>&amp;Models</source>
        <translation>模型(&amp;M)</translation>
    </message>
    <message>
        <source>Shows the model files of this computer.</source>
        <translation>显示本机的模型文件。</translation>
    </message>
    <message>
        <source>M&amp;onitor</source>
        <translation>监视(&amp;O)</translation>
    </message>
    <message>
        <source>Shows memory, speed and rows over time.</source>
        <translation>显示内存、速度和行数的变化。</translation>
    </message>
    <message>
        <source>&amp;Log</source>
        <translation>日志(&amp;L)</translation>
    </message>
    <message>
        <source>Shows what the program reports.</source>
        <translation>显示程序的报告。</translation>
    </message>
    <message>
        <source>Chat l&amp;ist</source>
        <translation>聊天列表(&amp;I)</translation>
    </message>
    <message>
        <source>Shows or hides the list of chats.</source>
        <translation>显示或隐藏聊天列表。</translation>
    </message>
    <message>
        <source>&amp;Sampling panel</source>
        <translation>采样面板(&amp;S)</translation>
    </message>
    <message>
        <source>Shows or hides how words are chosen.</source>
        <translation>显示或隐藏选词方式。</translation>
    </message>
    <message>
        <source>Fold &amp;thinking</source>
        <translation>折叠思考(&amp;T)</translation>
    </message>
    <message>
        <source>Folds or unfolds all thinking blocks.</source>
        <translation>折叠或展开所有思考块。</translation>
    </message>
    <message>
        <source>Makes all text larger.</source>
        <translation>放大所有文字。</translation>
    </message>
    <message>
        <source>Zoom o&amp;ut</source>
        <translation>缩小(&amp;U)</translation>
    </message>
    <message>
        <source>Makes all text smaller.</source>
        <translation>缩小所有文字。</translation>
    </message>
    <message>
        <source>Normal si&amp;ze</source>
        <translation>正常大小(&amp;Z)</translation>
    </message>
    <message>
        <source>Shows text in its normal size.</source>
        <translation>以正常大小显示文字。</translation>
    </message>
    <message>
        <source>&amp;Full screen</source>
        <translation>全屏(&amp;F)</translation>
    </message>
    <message>
        <source>Uses the whole screen, or goes back to a window.</source>
        <translation>使用整个屏幕，或恢复为窗口。</translation>
    </message>
    <message>
        <source>&amp;Stop</source>
        <translation>停止(&amp;S)</translation>
    </message>
    <message>
        <source>Stops the answer; what is written stays.</source>
        <translation>停止回答；已写的内容保留。</translation>
    </message>
    <message>
        <source>&amp;Regenerate</source>
        <translation>重新生成(&amp;R)</translation>
    </message>
    <message>
        <source>Answers again; the earlier answer is kept beside it.</source>
        <translation>重新回答；先前的回答一并保留。</translation>
    </message>
    <message>
        <source>&amp;Continue</source>
        <translation>继续(&amp;C)</translation>
    </message>
    <message>
        <source>Goes on writing the last answer.</source>
        <translation>继续写上一个回答。</translation>
    </message>
    <message>
        <source>&amp;Previous alternative</source>
        <translation>上一个备选(&amp;P)</translation>
    </message>
    <message>
        <source>Shows the alternative before this one.</source>
        <translation>显示前一个备选。</translation>
    </message>
    <message>
        <source>&amp;Next alternative</source>
        <translation>下一个备选(&amp;N)</translation>
    </message>
    <message>
        <source>Shows the alternative after this one.</source>
        <translation>显示后一个备选。</translation>
    </message>
    <message>
        <source>Cop&amp;y last answer</source>
        <translation>复制上一个回答(&amp;Y)</translation>
    </message>
    <message>
        <source>Copies the last answer as Markdown.</source>
        <translation>以 Markdown 复制上一个回答。</translation>
    </message>
    <message>
        <source>Rena&amp;me chat</source>
        <translation>重命名聊天(&amp;M)</translation>
    </message>
    <message>
        <source>Gives the chat another title.</source>
        <translation>给聊天换一个标题。</translation>
    </message>
    <message>
        <source>&amp;Write a message</source>
        <translation>写消息(&amp;W)</translation>
    </message>
    <message>
        <source>Goes to the field where messages are written.</source>
        <translation>转到写消息的输入框。</translation>
    </message>
    <message>
        <source>&amp;Load a model…</source>
        <translation>加载模型(&amp;L)…</translation>
    </message>
    <message>
        <source>Goes to the models to choose one.</source>
        <translation>转到模型页选择一个。</translation>
    </message>
    <message>
        <source>Load the &amp;demonstration model</source>
        <translation>加载演示模型(&amp;D)</translation>
    </message>
    <message>
        <source>Loads the small model that comes with Rookery.</source>
        <translation>加载 Rookery 自带的小模型。</translation>
    </message>
    <message>
        <source>&amp;Eject</source>
        <translation>卸载(&amp;E)</translation>
    </message>
    <message>
        <source>Frees the memory of the loaded model.</source>
        <translation>释放已加载模型占用的内存。</translation>
    </message>
    <message>
        <source>&amp;Add folder…</source>
        <translation>添加文件夹(&amp;A)…</translation>
    </message>
    <message>
        <source>Adds a folder that is searched for model files.</source>
        <translation>添加一个用于查找模型文件的文件夹。</translation>
    </message>
    <message>
        <source>&amp;Scan folders again</source>
        <translation>重新扫描文件夹(&amp;S)</translation>
    </message>
    <message>
        <source>Reads the model folders again.</source>
        <translation>重新读取模型文件夹。</translation>
    </message>
    <message>
        <source>&amp;Reveal in files</source>
        <translation>在文件管理器中显示(&amp;R)</translation>
    </message>
    <message>
        <source>Opens the folder of the selected model.</source>
        <translation>打开所选模型所在的文件夹。</translation>
    </message>
    <message>
        <source>Copy &amp;report</source>
        <translation>复制报告(&amp;R)</translation>
    </message>
    <message>
        <source>Copies the last 200 log lines, with paths shortened, for a problem report.</source>
        <translation>复制最近 200 行日志（路径已缩短），用于报告问题。</translation>
    </message>
    <message>
        <source>Clear &amp;log</source>
        <translation>清空日志(&amp;L)</translation>
    </message>
    <message>
        <source>Empties the log page; the log itself goes on.</source>
        <translation>清空日志页；日志仍继续记录。</translation>
    </message>
    <message>
        <source>&amp;Search commands</source>
        <translation>搜索命令(&amp;S)</translation>
    </message>
    <message>
        <source>Finds every command by name.</source>
        <translation>按名称查找任何命令。</translation>
    </message>
    <message>
        <source>&amp;Keyboard shortcuts</source>
        <translation>键盘快捷键(&amp;K)</translation>
    </message>
    <message>
        <source>Lists every shortcut.</source>
        <translation>列出所有快捷键。</translation>
    </message>
    <message>
        <source>&amp;About Rookery</source>
        <translation>关于 Rookery(&amp;A)</translation>
    </message>
    <message>
        <source>Shows version and licence.</source>
        <translation>显示版本和许可证。</translation>
    </message>
    <message>
        <source>Remo&amp;ve from list</source>
        <translation>从列表中移除(&amp;V)</translation>
    </message>
    <message>
        <source>Takes a single file off the list; the file stays where it is.</source>
        <translation>从列表中移除单个文件；文件本身保留在原处。</translation>
    </message>
    <message>
        <source>Zoom i&amp;n</source>
        <translation>放大(&amp;N)</translation>
    </message>
    <message>
        <source>Open in &amp;chat</source>
        <translation>在聊天中打开(&amp;C)</translation>
    </message>
    <message>
        <source>Loads the selected model and starts a chat with it.</source>
        <translation>加载所选模型并开始与它聊天。</translation>
    </message>
    <message>
        <source>C&amp;onvert…</source>
        <translation>转换(&amp;O)…</translation>
    </message>
    <message>
        <source>Writes the selected model in another format.</source>
        <translation>把所选模型写成另一种格式。</translation>
    </message>
    <message>
        <source>S&amp;tates</source>
        <translation>状态(&amp;T)</translation>
    </message>
    <message>
        <source>Shows the memories that a chat can start from.</source>
        <translation>显示聊天可以由此开始的记忆。</translation>
    </message>
    <message>
        <source>Ada&amp;pters</source>
        <translation>适配器(&amp;P)</translation>
    </message>
    <message>
        <source>Shows the adapters and which of them change the loaded model.</source>
        <translation>显示适配器，以及其中哪些正在改变已加载的模型。</translation>
    </message>
    <message>
        <source>Mi&amp;xer</source>
        <translation>混合器(&amp;X)</translation>
    </message>
    <message>
        <source>Shows the mixer: several states that answer together.</source>
        <translation>显示混合器：让多个状态一起回答。</translation>
    </message>
    <message>
        <source>Mixe&amp;r beside the chat</source>
        <translation>聊天旁的混合器(&amp;R)</translation>
    </message>
    <message>
        <source>Shows or hides the mixer beside the chat.</source>
        <translation>显示或隐藏聊天旁的混合器。</translation>
    </message>
    <message>
        <source>Colour &amp;by voice</source>
        <translation>按声部着色(&amp;B)</translation>
    </message>
    <message>
        <source>Colours answers of a mix by the voice that said each word.</source>
        <translation>按说出每个词的声部给混合回答着色。</translation>
    </message>
    <message>
        <source>Ser&amp;ver</source>
        <translation>服务器(&amp;V)</translation>
    </message>
    <message>
        <source>Shows the server: how other programs use the model.</source>
        <translation>显示服务器：让其他程序使用模型。</translation>
    </message>
    <message>
        <source>&amp;Save state…</source>
        <translation>保存状态(&amp;S)…</translation>
    </message>
</context>
<context>
    <name>ErrorTexts</name>
    <message>
        <source>The file is not there.</source>
        <translation>文件不存在。</translation>
    </message>
    <message>
        <source>Was it moved or renamed? Choose it again.</source>
        <translation>是否被移动或改名？请重新选择。</translation>
    </message>
    <message>
        <source>The file cannot be read.</source>
        <translation>无法读取文件。</translation>
    </message>
    <message>
        <source>Check its permissions and that its disk is connected.</source>
        <translation>请检查其权限以及磁盘是否已连接。</translation>
    </message>
    <message>
        <source>The file is damaged or incomplete.</source>
        <translation>文件已损坏或不完整。</translation>
    </message>
    <message>
        <source>Download or copy it again.</source>
        <translation>请重新下载或复制。</translation>
    </message>
    <message>
        <source>This is not a model file that Rookery knows.</source>
        <translation>Rookery 不认识这种模型文件。</translation>
    </message>
    <message>
        <source>This kind of model cannot be run yet.</source>
        <translation>尚不能运行此类模型。</translation>
    </message>
    <message>
        <source>The model&apos;s tensors do not fit together.</source>
        <translation>模型的张量互不匹配。</translation>
    </message>
    <message>
        <source>The file was probably converted wrongly. Get it from its source again.</source>
        <translation>文件可能转换有误。请从来源重新获取。</translation>
    </message>
    <message>
        <source>The vocabulary of this model was not found.</source>
        <translation>找不到此模型的词表。</translation>
    </message>
    <message>
        <source>Choose the vocabulary file, or put it beside the model.</source>
        <translation>请选择词表文件，或将其放在模型旁边。</translation>
    </message>
    <message>
        <source>The vocabulary file is damaged or belongs to another model.</source>
        <translation>词表文件已损坏，或属于另一个模型。</translation>
    </message>
    <message>
        <source>Choose another vocabulary file.</source>
        <translation>请选择另一个词表文件。</translation>
    </message>
    <message>
        <source>The device cannot be used.</source>
        <translation>无法使用该设备。</translation>
    </message>
    <message>
        <source>Choose another device; the log says why.</source>
        <translation>请选择另一设备；原因见日志。</translation>
    </message>
    <message>
        <source>The device stopped working.</source>
        <translation>设备停止工作。</translation>
    </message>
    <message>
        <source>Your text is safe. Load the model again.</source>
        <translation>您的文本是安全的。请重新加载模型。</translation>
    </message>
    <message>
        <source>There is not enough memory.</source>
        <translation>内存不足。</translation>
    </message>
    <message>
        <source>Use fewer slots or a smaller precision, or close other programs.</source>
        <translation>请减少槽位、降低精度，或关闭其他程序。</translation>
    </message>
    <message>
        <source>No model is loaded.</source>
        <translation>未加载模型。</translation>
    </message>
    <message>
        <source>Load one first.</source>
        <translation>请先加载一个。</translation>
    </message>
    <message>
        <source>A value is out of its range.</source>
        <translation>有数值超出范围。</translation>
    </message>
    <message>
        <source>Correct the value and try again.</source>
        <translation>请更正后重试。</translation>
    </message>
    <message>
        <source>Too many requests are waiting.</source>
        <translation>等待中的请求过多。</translation>
    </message>
    <message>
        <source>Try again when some have finished.</source>
        <translation>请等一些请求完成后重试。</translation>
    </message>
    <message>
        <source>The saved state does not fit the loaded model.</source>
        <translation>保存的状态与已加载的模型不匹配。</translation>
    </message>
    <message>
        <source>Load the model that it was made with.</source>
        <translation>请加载生成它的模型。</translation>
    </message>
    <message>
        <source>The file could not be written; what was there before is untouched.</source>
        <translation>无法写入文件；原有内容未受影响。</translation>
    </message>
    <message>
        <source>Check free space and permissions, or choose another folder.</source>
        <translation>请检查可用空间和权限，或选择其他文件夹。</translation>
    </message>
    <message>
        <source>Something went wrong inside Rookery.</source>
        <translation>Rookery 内部出错。</translation>
    </message>
    <message>
        <source>Please report it with the log.</source>
        <translation>请附上日志报告此问题。</translation>
    </message>
    <message>
        <source>Choose another file…</source>
        <translation>选择其他文件…</translation>
    </message>
    <message>
        <source>Choose vocabulary…</source>
        <translation>选择词表…</translation>
    </message>
    <message>
        <source>Use fewer slots</source>
        <translation>减少槽位</translation>
    </message>
    <message>
        <source>Load a model…</source>
        <translation>加载模型…</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Choose another folder…</source>
        <translation>选择其他文件夹…</translation>
    </message>
    <message>
        <source>Show the log</source>
        <translation>查看日志</translation>
    </message>
    <message>
        <source>Choose another RWKV model.</source>
        <translation>请选择另一个 RWKV 模型。</translation>
    </message>
    <message>
        <source>This strategy is not possible.</source>
        <translation>无法使用这种策略。</translation>
    </message>
    <message>
        <source>Correct the underlined word, or choose a precision.</source>
        <translation>请改正带下划线的词，或选择一种精度。</translation>
    </message>
    <message>
        <source>Choose a .pth, .safetensors, .gguf, .st or .bin file of an RWKV model.</source>
        <translation>请选择 RWKV 模型的 .pth、.safetensors、.gguf、.st 或 .bin 文件。</translation>
    </message>
</context>
<context>
    <name>Extras</name>
    <message>
        <source>…</source>
        <comment>not known yet whether the file fits the model</comment>
        <translation>…</translation>
    </message>
    <message>
        <source>● fits</source>
        <translation>● 适用</translation>
    </message>
    <message>
        <source>○ does not fit</source>
        <translation>○ 不适用</translation>
    </message>
    <message>
        <source>– no model</source>
        <translation>– 无模型</translation>
    </message>
    <message>
        <source>⚠ unreadable</source>
        <translation>⚠ 不可读</translation>
    </message>
    <message>
        <source>Saved here</source>
        <comment>a state that Rookery saved</comment>
        <translation>本程序保存</translation>
    </message>
    <message>
        <source>Tuned</source>
        <comment>a trained initial state</comment>
        <translation>微调</translation>
    </message>
    <message>
        <source>Snapshot</source>
        <comment>a state of another program</comment>
        <translation>快照</translation>
    </message>
    <message>
        <source>%1, rank %2</source>
        <comment>kind of adapter</comment>
        <translation>%1，秩 %2</translation>
    </message>
    <message>
        <source>%1, ranks %2 to %3</source>
        <translation>%1，秩 %2 到 %3</translation>
    </message>
</context>
<context>
    <name>FixTexts</name>
    <message numerus="yes">
        <source>Use %n slots: saves %1</source>
        <translation>
            <numerusform>使用 %n 个槽位：节省 %1</numerusform>
        </translation>
    </message>
    <message>
        <source>Use “%1”: saves %2</source>
        <translation>使用“%1”：节省 %2</translation>
    </message>
    <message>
        <source>Close other programs that hold %1, or choose a smaller model.</source>
        <translation>关闭占用 %1 的其他程序，或选择更小的模型。</translation>
    </message>
</context>
<context>
    <name>Help</name>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>键盘快捷键</translation>
    </message>
    <message>
        <source>About Rookery</source>
        <translation>关于 Rookery</translation>
    </message>
    <message>
        <source>&lt;b&gt;Rookery %1&lt;/b&gt;&lt;br&gt;A workbench for RWKV language models.&lt;br&gt;&lt;br&gt;Free software under the GNU General Public License, version 3 or later.&lt;br&gt;It sends nothing anywhere.</source>
        <translation>&lt;b&gt;Rookery %1&lt;/b&gt;&lt;br&gt;RWKV 语言模型工作台。&lt;br&gt;&lt;br&gt;依 GNU 通用公共许可证第 3 版或更新版本发布的自由软件。&lt;br&gt;它不向任何地方发送任何内容。</translation>
    </message>
</context>
<context>
    <name>Memory</name>
    <message>
        <source>Weights</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>States</source>
        <comment>recurrent states of the sequences</comment>
        <translation>状态</translation>
    </message>
    <message>
        <source>Workspace</source>
        <translation>工作区</translation>
    </message>
    <message>
        <source>Prefix cache</source>
        <translation>前缀缓存</translation>
    </message>
    <message>
        <source>Other programs</source>
        <translation>其他程序</translation>
    </message>
    <message>
        <source>Free</source>
        <comment>unused memory</comment>
        <translation>空闲</translation>
    </message>
    <message>
        <source>…</source>
        <comment>not known yet whether the model fits into memory</comment>
        <translation>…</translation>
    </message>
    <message>
        <source>● fits</source>
        <translation>● 合适</translation>
    </message>
    <message>
        <source>◐ tight</source>
        <translation>◐ 紧张</translation>
    </message>
    <message>
        <source>○ too big</source>
        <translation>○ 太大</translation>
    </message>
    <message>
        <source>⚠ unreadable</source>
        <translation>⚠ 不可读</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>⚠ no vocabulary</source>
        <translation>⚠ 缺少词表</translation>
    </message>
    <message>
        <source>⚠ unsupported</source>
        <translation>⚠ 不支持</translation>
    </message>
</context>
<context>
    <name>MessageDocument</name>
    <message>
        <source>Save as…</source>
        <translation>另存为…</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>code</source>
        <translation>代码</translation>
    </message>
</context>
<context>
    <name>MessageRow</name>
    <message numerus="yes">
        <source>%Ln tok</source>
        <translation>
            <numerusform>%Ln 词元</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation>%1 毫秒</translation>
    </message>
    <message>
        <source>stopped at the token limit</source>
        <translation>达到词元上限而停止</translation>
    </message>
    <message>
        <source>stop: %1</source>
        <translation>停止于：%1</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Edit</source>
        <translation>编辑</translation>
    </message>
    <message>
        <source>Regenerate</source>
        <translation>重新生成</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Fork: new chat from here</source>
        <translation>分支：从这里新建聊天</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Previous alternative</source>
        <translation>上一个备选</translation>
    </message>
    <message>
        <source>Next alternative</source>
        <translation>下一个备选</translation>
    </message>
    <message>
        <source>Show or hide the thinking</source>
        <translation>显示或隐藏思考</translation>
    </message>
    <message>
        <source>Copy thinking</source>
        <translation>复制思考</translation>
    </message>
    <message>
        <source>first %1</source>
        <translation>首词 %1</translation>
    </message>
    <message>
        <source>seed %1</source>
        <translation>种子 %1</translation>
    </message>
    <message>
        <source>Thinking…</source>
        <translation>思考中…</translation>
    </message>
    <message>
        <source>Thinking…  %1</source>
        <translation>思考中…  %1</translation>
    </message>
    <message>
        <source>Thought for %1</source>
        <translation>思考了 %1</translation>
    </message>
    <message>
        <source>Thought</source>
        <translation>思考</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Reading %1 of %2 tokens</source>
        <translation>正在读取 %1 / %2 个词元</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>mix: %1</source>
        <translation>混合：%1</translation>
    </message>
    <message>
        <source>%1 %2 %</source>
        <translation>%1 %2 %</translation>
    </message>
</context>
<context>
    <name>Mix</name>
    <message>
        <source>%1 %2</source>
        <comment>a voice and its gate</comment>
        <translation>%1 %2</translation>
    </message>
</context>
<context>
    <name>Units</name>
    <message>
        <source>%1 of %2 %3</source>
        <comment>4.2 of 15.6 GB</comment>
        <translation>%1 / %2 %3</translation>
    </message>
    <message>
        <source>%1 K</source>
        <comment>thousands</comment>
        <translation>%1 K</translation>
    </message>
    <message>
        <source>%1 M</source>
        <comment>millions</comment>
        <translation>%1 M</translation>
    </message>
    <message>
        <source>%1 B</source>
        <comment>thousand millions</comment>
        <translation>%1 B</translation>
    </message>
    <message>
        <source>%1 tok/s</source>
        <comment>tokens per second</comment>
        <translation>%1 词元/秒</translation>
    </message>
    <message>
        <source>%1 s</source>
        <comment>seconds</comment>
        <translation>%1 秒</translation>
    </message>
    <message>
        <source>%1 min %2 s</source>
        <translation>%1 分 %2 秒</translation>
    </message>
    <message>
        <source>%1 %</source>
        <comment>percent</comment>
        <translation>%1%</translation>
    </message>
    <message>
        <source>unknown</source>
        <comment>model family</comment>
        <translation>未知</translation>
    </message>
    <message>
        <source>Opening</source>
        <translation>正在打开</translation>
    </message>
    <message>
        <source>Reading weights</source>
        <translation>正在读取权重</translation>
    </message>
    <message>
        <source>Reading the vocabulary</source>
        <translation>正在读取词表</translation>
    </message>
    <message>
        <source>Allocating memory</source>
        <translation>正在分配内存</translation>
    </message>
    <message>
        <source>Warming up</source>
        <translation>正在预热</translation>
    </message>
    <message>
        <source>%1 W</source>
        <comment>watts</comment>
        <translation>%1 W</translation>
    </message>
</context>
<context>
    <name>gui::Actions</name>
    <message>
        <source>%1 (%2)</source>
        <comment>what an action does (its shortcut)</comment>
        <translation>%1（%2）</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>文件(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>编辑(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>视图(&amp;V)</translation>
    </message>
    <message>
        <source>&amp;Chat</source>
        <translation>聊天(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Model</source>
        <translation>模型(&amp;M)</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>帮助(&amp;H)</translation>
    </message>
    <message>
        <source>&amp;State</source>
        <translation>状态(&amp;S)</translation>
    </message>
</context>
<context>
    <name>gui::AdapterOptions</name>
    <message>
        <source>As the file says (%1)</source>
        <translation>按文件（%1）</translation>
    </message>
    <message>
        <source>As the file says, else the rank</source>
        <translation>按文件，没有则等于秩</translation>
    </message>
    <message>
        <source>Alpha</source>
        <translation>Alpha</translation>
    </message>
    <message>
        <source>The change is multiplied by alpha / rank.</source>
        <translation>改动会乘以 alpha / 秩。</translation>
    </message>
    <message>
        <source>In the file, or none</source>
        <translation>在文件中，或没有</translation>
    </message>
    <message>
        <source>Initial factors of PiSSA</source>
        <translation>PiSSA 的初始因子</translation>
    </message>
    <message>
        <source>The file with the factors that a PiSSA adapter began with.</source>
        <translation>保存 PiSSA 适配器训练起始因子的文件。</translation>
    </message>
    <message>
        <source>Choose the file</source>
        <translation>选择文件</translation>
    </message>
    <message>
        <source>PiSSA start</source>
        <translation>PiSSA 起点</translation>
    </message>
    <message>
        <source>As shape and name tell</source>
        <translation>按形状和名称判断</translation>
    </message>
    <message>
        <source>Inputs</source>
        <translation>输入</translation>
    </message>
    <message>
        <source>Outputs</source>
        <translation>输出</translation>
    </message>
    <message>
        <source>Blocks of Bone</source>
        <translation>Bone 的分块</translation>
    </message>
    <message>
        <source>Whether the blocks of a Bone adapter go with inputs or with outputs.</source>
        <translation>Bone 适配器的分块对应输入还是输出。</translation>
    </message>
    <message>
        <source>Blocks</source>
        <translation>分块</translation>
    </message>
    <message>
        <source>Choose the initial factors</source>
        <translation>选择初始因子</translation>
    </message>
    <message>
        <source>PyTorch and safetensors files (*.pth *.pt *.safetensors)</source>
        <translation>PyTorch 和 safetensors 文件 (*.pth *.pt *.safetensors)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
</context>
<context>
    <name>gui::AdapterRack</name>
    <message>
        <source>Add adapter</source>
        <translation>添加适配器</translation>
    </message>
    <message>
        <source>Adds an adapter behind the others.</source>
        <translation>在其他适配器之后添加一个。</translation>
    </message>
    <message>
        <source>Scale of %1</source>
        <translation>%1 的比例</translation>
    </message>
    <message>
        <source>How much of its change is added: 1 as it was trained, 0 nothing, below 0 away from it.</source>
        <translation>加入多少改变：1 为训练时的量，0 为不变，小于 0 则反向。</translation>
    </message>
    <message>
        <source>Apply %1 earlier</source>
        <translation>更早应用 %1</translation>
    </message>
    <message>
        <source>Apply %1 later</source>
        <translation>更晚应用 %1</translation>
    </message>
    <message>
        <source>Take %1 off</source>
        <translation>移除 %1</translation>
    </message>
    <message>
        <source>Other file…</source>
        <translation>其他文件…</translation>
    </message>
    <message>
        <source>Choose an adapter</source>
        <translation>选择适配器</translation>
    </message>
    <message>
        <source>Adapters (*.pth *.safetensors)</source>
        <translation>适配器 (*.pth *.safetensors)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message>
        <source>Options of %1</source>
        <translation>%1 的选项</translation>
    </message>
</context>
<context>
    <name>gui::AdaptersPage</name>
    <message>
        <source>Kind</source>
        <translation>种类</translation>
    </message>
    <message>
        <source>Changes</source>
        <translation>改变</translation>
    </message>
    <message numerus="yes">
        <source>%n matrices</source>
        <translation>
            <numerusform>%n 个矩阵</numerusform>
        </translation>
    </message>
    <message>
        <source>Replaces</source>
        <translation>替换</translation>
    </message>
    <message numerus="yes">
        <source>%n tensors</source>
        <translation>
            <numerusform>%n 个张量</numerusform>
        </translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>层数</translation>
    </message>
    <message>
        <source>Alpha</source>
        <translation>Alpha</translation>
    </message>
    <message>
        <source>Layout</source>
        <translation>布局</translation>
    </message>
    <message>
        <source>Container</source>
        <translation>容器格式</translation>
    </message>
    <message>
        <source>An adapter is a small file that changes what a model has learned: LoRA, DoRA, PiSSA, Bone.

Add a folder with adapters, or put them beside your models.</source>
        <translation>适配器是改变模型所学内容的小文件：LoRA、DoRA、PiSSA、Bone。

请添加含有适配器的文件夹，或把它们放在模型旁边。</translation>
    </message>
    <message>
        <source>On the loaded model, in this order</source>
        <translation>按此顺序用于已加载的模型</translation>
    </message>
    <message>
        <source>Applying adapters</source>
        <translation>正在应用适配器</translation>
    </message>
    <message>
        <source>Apply</source>
        <translation>应用</translation>
    </message>
    <message>
        <source>As it is in use</source>
        <translation>恢复为使用中的</translation>
    </message>
    <message>
        <source>Shows the adapters that are in use again.</source>
        <translation>重新显示使用中的适配器。</translation>
    </message>
    <message>
        <source>Reveal in files</source>
        <translation>在文件管理器中显示</translation>
    </message>
    <message>
        <source>Opens the folder of the selected adapter.</source>
        <translation>打开所选适配器所在的文件夹。</translation>
    </message>
    <message>
        <source>Applied, with something to know.</source>
        <translation>已应用，但请注意。</translation>
    </message>
    <message>
        <source>The adapters could not be applied; what was in use stays in use.</source>
        <translation>无法应用这些适配器；原来使用的保持不变。</translation>
    </message>
    <message>
        <source>Choose an adapter on the left to see what it is.</source>
        <translation>在左侧选择一个适配器以查看说明。</translation>
    </message>
    <message>
        <source>Load a model to see whether it can use this adapter.</source>
        <translation>加载模型后可以看到它能否使用此适配器。</translation>
    </message>
    <message>
        <source>No model is loaded.</source>
        <translation>未加载模型。</translation>
    </message>
    <message>
        <source>No adapter is in use.</source>
        <translation>没有使用适配器。</translation>
    </message>
    <message>
        <source>In use: %1</source>
        <translation>使用中：%1</translation>
    </message>
    <message>
        <source>Tick adapters in the list, or add one here.</source>
        <translation>在列表中勾选适配器，或在此添加。</translation>
    </message>
    <message>
        <source>Not applied yet.</source>
        <translation>尚未应用。</translation>
    </message>
    <message>
        <source>Applying…</source>
        <translation>正在应用…</translation>
    </message>
    <message>
        <source>Load a model first.</source>
        <translation>请先加载模型。</translation>
    </message>
    <message>
        <source>These adapters are in use already.</source>
        <translation>这些适配器已在使用。</translation>
    </message>
    <message>
        <source>Changes the loaded model without loading it again.</source>
        <translation>无需重新加载即可改变已加载的模型。</translation>
    </message>
</context>
<context>
    <name>gui::AuditionView</name>
    <message>
        <source>States that answer</source>
        <translation>回答的状态</translation>
    </message>
    <message>
        <source>Tick the states that shall answer (Space).</source>
        <translation>勾选要回答的状态（空格键）。</translation>
    </message>
    <message>
        <source>A line that all of them answer</source>
        <translation>由它们共同回答的一句话</translation>
    </message>
    <message>
        <source>Probe line</source>
        <translation>试探语句</translation>
    </message>
    <message>
        <source>Tell me about geese.</source>
        <translation>给我讲讲鹅。</translation>
    </message>
    <message>
        <source>No state</source>
        <translation>无状态</translation>
    </message>
    <message>
        <source>The model from its empty memory, to compare with.</source>
        <translation>从空白记忆开始的模型，用于比较。</translation>
    </message>
    <message>
        <source>%1 ticked, at most %2</source>
        <translation>已勾选 %1 个，最多 %2 个</translation>
    </message>
    <message numerus="yes">
        <source>%n ticked</source>
        <comment>states</comment>
        <translation>
            <numerusform>已勾选 %n 个</numerusform>
        </translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Listen</source>
        <translation>试听</translation>
    </message>
    <message>
        <source>Load a model first.</source>
        <translation>请先加载模型。</translation>
    </message>
    <message>
        <source>Tick a state first.</source>
        <translation>请先勾选一个状态。</translation>
    </message>
    <message>
        <source>All that are ticked answer the line side by side.</source>
        <translation>所有勾选的状态并排回答这句话。</translation>
    </message>
    <message>
        <source>Load a model (Ctrl+L) to hear what its states say.</source>
        <translation>加载模型（Ctrl+L）即可试听各状态的回答。</translation>
    </message>
    <message>
        <source>Tick states on the left and write a line.
All of them answer it here at once, with the same seed.</source>
        <translation>在左侧勾选状态并写一句话。
它们会以相同的种子在此同时回答。</translation>
    </message>
</context>
<context>
    <name>gui::BlendView</name>
    <message>
        <source>How much of B each layer has: drag the points, or use the arrow keys.</source>
        <translation>每一层含多少 B：拖动各点，或使用方向键。</translation>
    </message>
    <message>
        <source>State A</source>
        <translation>状态 A</translation>
    </message>
    <message>
        <source>State B</source>
        <translation>状态 B</translation>
    </message>
    <message>
        <source>Share of B in all layers</source>
        <translation>所有层中 B 的份额</translation>
    </message>
    <message>
        <source>0 is A, 1 is B; sets all layers.</source>
        <translation>0 为 A，1 为 B；设定所有层。</translation>
    </message>
    <message>
        <source>A</source>
        <comment>the first of two states</comment>
        <translation>A</translation>
    </message>
    <message>
        <source>B</source>
        <comment>the second of two states</comment>
        <translation>B</translation>
    </message>
    <message>
        <source>A line that A, the blend and B answer</source>
        <translation>由 A、混合状态和 B 回答的一句话</translation>
    </message>
    <message>
        <source>Probe line</source>
        <translation>试探语句</translation>
    </message>
    <message>
        <source>Tell me about geese.</source>
        <translation>给我讲讲鹅。</translation>
    </message>
    <message>
        <source>Listen</source>
        <translation>试听</translation>
    </message>
    <message>
        <source>Bake to state…</source>
        <translation>固化为状态…</translation>
    </message>
    <message>
        <source>Two states are needed; add a folder with states.</source>
        <translation>需要两个状态；请添加含有状态的文件夹。</translation>
    </message>
    <message>
        <source>Choose two states.</source>
        <translation>请选择两个状态。</translation>
    </message>
    <message>
        <source>%1: %2 layers, %3 heads of %4 channels</source>
        <translation>%1：%2 层，%3 个头，每头 %4 个通道</translation>
    </message>
    <message>
        <source>%1, with token shifts</source>
        <translation>%1，含 token shift</translation>
    </message>
    <message>
        <source>These two are not of one shape. %1; %2.</source>
        <translation>二者形状不同。%1；%2。</translation>
    </message>
    <message>
        <source>mean %1</source>
        <translation>平均 %1</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>A, the blend and B answer the line side by side.</source>
        <translation>A、混合状态和 B 并排回答这句话。</translation>
    </message>
    <message>
        <source>Load a model first.</source>
        <translation>请先加载模型。</translation>
    </message>
    <message>
        <source>Baking…</source>
        <translation>正在固化…</translation>
    </message>
    <message>
        <source>Writes the blend into a file that chats can begin from.</source>
        <translation>把混合状态写入文件，聊天可由此开始。</translation>
    </message>
    <message>
        <source>A blend is an experiment: listen before you bake it.
A, the blend and B will answer the line here, side by side.</source>
        <translation>混合是一种实验：固化之前请先试听。
A、混合状态和 B 会在此并排回答。</translation>
    </message>
    <message>
        <source>Load a model (Ctrl+L) to hear the blend before you bake it.</source>
        <translation>加载模型（Ctrl+L），以便在固化之前试听。</translation>
    </message>
    <message>
        <source>%1 of the way from %2 to %3</source>
        <translation>从 %2 到 %3 的 %1 处</translation>
    </message>
    <message>
        <source>From %1 to %2 by layer</source>
        <translation>从 %1 到 %2，按层</translation>
    </message>
    <message>
        <source>Bake to state</source>
        <translation>固化为状态</translation>
    </message>
    <message>
        <source>Tuned states (*.pth)</source>
        <translation>调优状态 (*.pth)</translation>
    </message>
    <message>
        <source>Baked into %1, %2.</source>
        <translation>已固化为 %1，%2。</translation>
    </message>
    <message>
        <source>Start a chat</source>
        <translation>开始聊天</translation>
    </message>
</context>
<context>
    <name>gui::ChatController</name>
    <message numerus="yes">
        <source>Memory of %n token(s), from %1</source>
        <translation>
            <numerusform>%n 个词元的记忆，来自 %1</numerusform>
        </translation>
    </message>
    <message>
        <source>“%1” was deleted.</source>
        <translation>“%1”已删除。</translation>
    </message>
    <message>
        <source>New chat</source>
        <translation>新聊天</translation>
    </message>
    <message>
        <source>edited</source>
        <translation>已编辑</translation>
    </message>
    <message>
        <source>%1 (fork)</source>
        <translation>%1（分支）</translation>
    </message>
    <message numerus="yes">
        <source>%n message(s) deleted.</source>
        <translation>
            <numerusform>已删除 %n 条消息。</numerusform>
        </translation>
    </message>
    <message>
        <source>You</source>
        <translation>你</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>记忆</translation>
    </message>
</context>
<context>
    <name>gui::ChatListModel</name>
    <message>
        <source>New chat</source>
        <translation>新聊天</translation>
    </message>
    <message>
        <source>Today</source>
        <translation>今天</translation>
    </message>
    <message>
        <source>Yesterday</source>
        <translation>昨天</translation>
    </message>
    <message>
        <source>Older</source>
        <translation>更早</translation>
    </message>
</context>
<context>
    <name>gui::ChatListView</name>
    <message>
        <source>Chats</source>
        <translation>聊天</translation>
    </message>
    <message>
        <source>Filter chats</source>
        <translation>筛选聊天</translation>
    </message>
    <message>
        <source>New chat</source>
        <translation>新聊天</translation>
    </message>
    <message>
        <source>Starts an empty conversation (Ctrl+N)</source>
        <translation>开始一段空白聊天 (Ctrl+N)</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>重命名</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
</context>
<context>
    <name>gui::ChatPage</name>
    <message>
        <source>The state was saved.</source>
        <translation>状态已保存。</translation>
    </message>
    <message>
        <source>The chats cannot be saved at the moment. It will be tried again.</source>
        <translation>目前无法保存聊天，稍后会重试。</translation>
    </message>
    <message>
        <source>The chats are saved again; nothing is missing.</source>
        <translation>聊天又能保存了；没有丢失任何内容。</translation>
    </message>
    <message>
        <source>This chat cannot be read.</source>
        <translation>无法读取此聊天。</translation>
    </message>
    <message>
        <source>Save code</source>
        <translation>保存代码</translation>
    </message>
    <message>
        <source>New chat</source>
        <translation>新聊天</translation>
    </message>
    <message>
        <source>own values</source>
        <translation>自定义值</translation>
    </message>
    <message>
        <source>Write a message</source>
        <translation>写一条消息</translation>
    </message>
    <message>
        <source>Load a model to answer (Ctrl+L). You can still write; it will wait.</source>
        <translation>加载模型后才能回答 (Ctrl+L)。可以先写，会等待。</translation>
    </message>
    <message>
        <source>Waiting for the model · %1</source>
        <translation>等待模型 · %1</translation>
    </message>
    <message>
        <source>Opening the state…</source>
        <translation>正在打开状态…</translation>
    </message>
    <message>
        <source>Waiting for a model. The message is answered when one is ready.</source>
        <translation>等待模型。就绪后会回答此消息。</translation>
    </message>
    <message>
        <source>Load a model (Ctrl+L)</source>
        <translation>加载模型 (Ctrl+L)</translation>
    </message>
    <message>
        <source>This chat has no messages yet.</source>
        <translation>此聊天还没有消息。</translation>
    </message>
    <message>
        <source>Nothing is being written.</source>
        <translation>当前没有在书写。</translation>
    </message>
    <message>
        <source>An answer is being written.</source>
        <translation>正在书写回答。</translation>
    </message>
    <message>
        <source>No model is loaded.</source>
        <translation>未加载模型。</translation>
    </message>
    <message>
        <source>The message has no alternatives.</source>
        <translation>此消息没有备选。</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Rookery closed unexpectedly. Nothing is missing.</source>
        <translation>Rookery 意外关闭。没有丢失任何内容。</translation>
    </message>
    <message>
        <source>The file of chats was damaged. It was put aside and a new one was begun.</source>
        <translation>聊天文件已损坏，已另存并新建一个。</translation>
    </message>
    <message>
        <source>The chats were written by a newer Rookery and were left as they are. Chats of this session are not saved.</source>
        <translation>聊天由更新版本的 Rookery 写入，已原样保留。本次会话的聊天不会保存。</translation>
    </message>
    <message>
        <source>The chats can be read but not changed. Chats of this session are not saved.</source>
        <translation>聊天可读但不能更改。本次会话的聊天不会保存。</translation>
    </message>
    <message>
        <source>The chats cannot be opened. Chats of this session are not saved.</source>
        <translation>无法打开聊天。本次会话的聊天不会保存。</translation>
    </message>
    <message>
        <source>Save state</source>
        <translation>保存状态</translation>
    </message>
    <message>
        <source>States (*.rwkvstate)</source>
        <translation>状态 (*.rwkvstate)</translation>
    </message>
    <message>
        <source>Export chat</source>
        <translation>导出聊天</translation>
    </message>
    <message>
        <source>Saved.</source>
        <translation>已保存。</translation>
    </message>
    <message>
        <source>The file could not be written.</source>
        <translation>无法写入文件。</translation>
    </message>
    <message>
        <source>A part of a chat could not be saved.</source>
        <translation>聊天的一部分未能保存。</translation>
    </message>
    <message>
        <source>Go to the chats first (Alt+1).</source>
        <translation>请先转到聊天页（Alt+1）。</translation>
    </message>
    <message>
        <source>This is the memory that the chat began with.</source>
        <translation>这是聊天开始时的记忆。</translation>
    </message>
    <message>
        <source>Nothing was answered yet.</source>
        <translation>还没有回答。</translation>
    </message>
    <message>
        <source>This chat begins from the state “%1”, which cannot be opened. Choose another one above, or go on without it.</source>
        <translation>此聊天从状态“%1”开始，但无法打开它。请在上方另选一个，或不用它继续。</translation>
    </message>
    <message>
        <source>Go on without it</source>
        <translation>不用它继续</translation>
    </message>
</context>
<context>
    <name>gui::CommandPalette</name>
    <message>
        <source>Search commands</source>
        <translation>搜索命令</translation>
    </message>
    <message>
        <source>Type the name of a command</source>
        <translation>输入命令名称</translation>
    </message>
    <message>
        <source>Name of a command</source>
        <translation>命令名称</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>No command has these words.</source>
        <translation>没有包含这些词的命令。</translation>
    </message>
</context>
<context>
    <name>gui::Composer</name>
    <message>
        <source>Message</source>
        <translation>消息</translation>
    </message>
    <message>
        <source>Take the queued message back</source>
        <translation>收回排队的消息</translation>
    </message>
    <message>
        <source>Take the queued message back (Esc)</source>
        <translation>收回排队的消息 (Esc)</translation>
    </message>
    <message>
        <source>Queued: “%1” · sends when the answer is done</source>
        <translation>已排队：“%1” · 回答结束后发送</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>发送</translation>
    </message>
    <message>
        <source>Stops the answer; what is written stays (Esc)</source>
        <translation>停止回答；已写的内容保留 (Esc)</translation>
    </message>
    <message>
        <source>Sends the message (Enter)</source>
        <translation>发送消息 (Enter)</translation>
    </message>
    <message>
        <source>Enter queues</source>
        <translation>Enter 排队</translation>
    </message>
    <message>
        <source>Enter sends</source>
        <translation>Enter 发送</translation>
    </message>
    <message>
        <source>Shift+Enter: new line</source>
        <translation>Shift+Enter：换行</translation>
    </message>
    <message numerus="yes">
        <source>%Ln tok</source>
        <translation>
            <numerusform>%Ln 词元</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>gui::ContextBar</name>
    <message>
        <source>The model in use. Click to load or eject one.</source>
        <translation>正在使用的模型。点击以加载或卸载。</translation>
    </message>
    <message>
        <source>Memory in use</source>
        <translation>已用内存</translation>
    </message>
    <message>
        <source>No model</source>
        <translation>无模型</translation>
    </message>
    <message>
        <source>Loading %1</source>
        <comment>percent</comment>
        <translation>正在加载 %1</translation>
    </message>
    <message>
        <source>Model: %1</source>
        <translation>模型：%1</translation>
    </message>
    <message>
        <source>No model is loaded.</source>
        <translation>未加载模型。</translation>
    </message>
    <message>
        <source>Rookery uses %1; all programs together %2.
Click for the monitor.</source>
        <translation>Rookery 使用 %1；所有程序共 %2。
点击查看监视页。</translation>
    </message>
    <message>
        <source>Cancel loading</source>
        <translation>取消加载</translation>
    </message>
    <message numerus="yes">
        <source>%n adapters</source>
        <translation>
            <numerusform>%n 个适配器</numerusform>
        </translation>
    </message>
    <message>
        <source>Adapters: %1</source>
        <translation>适配器：%1</translation>
    </message>
</context>
<context>
    <name>gui::ConvertDialog</name>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>Convert</source>
        <translation>转换</translation>
    </message>
    <message>
        <source>Convert %1</source>
        <translation>转换 %1</translation>
    </message>
    <message>
        <source>safetensors (BlinkDL&apos;s names)</source>
        <translation>safetensors（BlinkDL 的名称）</translation>
    </message>
    <message>
        <source>PyTorch .pth</source>
        <translation>PyTorch .pth</translation>
    </message>
    <message>
        <source>GGUF, for llama.cpp</source>
        <translation>GGUF，用于 llama.cpp</translation>
    </message>
    <message>
        <source>Converting</source>
        <translation>正在转换</translation>
    </message>
    <message>
        <source>&amp;Format</source>
        <translation>格式(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Number format</source>
        <translation>数值格式(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Write to</source>
        <translation>写入到(&amp;W)</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>格式</translation>
    </message>
    <message>
        <source>Number format</source>
        <translation>数值格式</translation>
    </message>
    <message>
        <source>Write to</source>
        <translation>写入到</translation>
    </message>
    <message>
        <source>As in the file (%1)</source>
        <translation>与文件相同（%1）</translation>
    </message>
    <message>
        <source>Write the model to</source>
        <translation>模型写入到</translation>
    </message>
    <message>
        <source>Waiting for its turn…</source>
        <translation>正在等待…</translation>
    </message>
    <message numerus="yes">
        <source>Written: %n tensors, %1.</source>
        <translation>
            <numerusform>已写入：%n 个张量，%1。</numerusform>
        </translation>
    </message>
    <message>
        <source>The model could not be converted; nothing was written.</source>
        <translation>无法转换模型；没有写入任何内容。</translation>
    </message>
    <message>
        <source>Cancelled; nothing was written.</source>
        <translation>已取消；没有写入任何内容。</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>gui::DeviceBars</name>
    <message>
        <source>%1: needs %2 of %3 free</source>
        <comment>a device</comment>
        <translation>%1：需要 %2，空闲 %3</translation>
    </message>
</context>
<context>
    <name>gui::DeviceChoice</name>
    <message>
        <source>several</source>
        <comment>devices</comment>
        <translation>多个</translation>
    </message>
</context>
<context>
    <name>gui::DeviceList</name>
    <message numerus="yes">
        <source>%n thread(s)</source>
        <translation>
            <numerusform>%n 个线程</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 of %2 free</source>
        <comment>memory</comment>
        <translation>%2 中可用 %1</translation>
    </message>
    <message>
        <source>Devices</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>Look again what there is</source>
        <translation>重新查找设备</translation>
    </message>
    <message>
        <source>Looking…</source>
        <translation>正在查找…</translation>
    </message>
    <message>
        <source>Cannot be used: %1</source>
        <translation>无法使用：%1</translation>
    </message>
</context>
<context>
    <name>gui::DevicePlots</name>
    <message>
        <source>Processor</source>
        <translation>处理器</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>Activity</source>
        <comment>how busy a device is</comment>
        <translation>活动</translation>
    </message>
    <message>
        <source>Utilisation</source>
        <translation>使用率</translation>
    </message>
    <message>
        <source>Power</source>
        <translation>功率</translation>
    </message>
    <message>
        <source>%1: utilisation and power are not known. %2</source>
        <translation>%1：使用率和功率未知。%2</translation>
    </message>
    <message>
        <source>%1: %2 in use; %3 of it by Rookery.</source>
        <translation>%1：已用 %2，其中 Rookery 占 %3。</translation>
    </message>
    <message>
        <source>%1 busy</source>
        <comment>70 % busy</comment>
        <translation>使用率 %1</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <comment>power</comment>
        <translation>%1 / %2</translation>
    </message>
    <message>
        <source>%1 °C</source>
        <translation>%1 °C</translation>
    </message>
</context>
<context>
    <name>gui::EmptyChat</name>
    <message>
        <source>Who are you?</source>
        <translation>你是谁？</translation>
    </message>
    <message>
        <source>Which birds do you know?</source>
        <translation>你知道哪些鸟？</translation>
    </message>
    <message>
        <source>3 + 4 = ?</source>
        <translation>3 + 4 = ?</translation>
    </message>
    <message>
        <source>Sends this question</source>
        <translation>发送这个问题</translation>
    </message>
    <message>
        <source>Load a model…</source>
        <translation>加载模型…</translation>
    </message>
    <message>
        <source>Goes to the models to choose one (Ctrl+L)</source>
        <translation>转到模型页选择一个 (Ctrl+L)</translation>
    </message>
    <message>
        <source>Load the demonstration model</source>
        <translation>加载演示模型</translation>
    </message>
    <message>
        <source>Loads the small model that comes with Rookery</source>
        <translation>加载 Rookery 自带的小模型</translation>
    </message>
    <message>
        <source>What would you like to talk about?</source>
        <translation>想聊些什么？</translation>
    </message>
    <message>
        <source>A model is being loaded</source>
        <translation>正在加载模型</translation>
    </message>
    <message>
        <source>No model is loaded</source>
        <translation>未加载模型</translation>
    </message>
    <message>
        <source>%1 You can write already; it will wait.</source>
        <translation>%1 可以先写，会等待。</translation>
    </message>
    <message>
        <source>%1 · %2</source>
        <translation>%1 · %2</translation>
    </message>
    <message>
        <source>Load one to chat. You can write already; it will wait.</source>
        <translation>加载一个模型即可聊天。可以先写，会等待。</translation>
    </message>
    <message>
        <source>Where do I see how much memory is used?</source>
        <translation>在哪里能看到内存用量？</translation>
    </message>
</context>
<context>
    <name>gui::EntryList</name>
    <message>
        <source>Add</source>
        <translation>添加</translation>
    </message>
    <message>
        <source>Takes the entry out</source>
        <translation>移除此项</translation>
    </message>
    <message>
        <source>Copies the entry</source>
        <translation>复制此项</translation>
    </message>
    <message>
        <source>Adds what was typed</source>
        <translation>添加所输入的内容</translation>
    </message>
</context>
<context>
    <name>gui::ExtraDetails</name>
    <message>
        <source>File size</source>
        <translation>文件大小</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>comes with Rookery</source>
        <translation>Rookery 自带</translation>
    </message>
</context>
<context>
    <name>gui::ExtraListModel</name>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>种类</translation>
    </message>
    <message>
        <source>Family</source>
        <translation>系列</translation>
    </message>
    <message>
        <source>Matrices</source>
        <comment>how many of the model it changes</comment>
        <translation>矩阵</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>层数</translation>
    </message>
    <message>
        <source>File size</source>
        <translation>文件大小</translation>
    </message>
    <message>
        <source>Fit</source>
        <comment>whether the file can be used with the loaded model</comment>
        <translation>适用</translation>
    </message>
</context>
<context>
    <name>gui::ExtraTable</name>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Stops scanning; what was found stays.</source>
        <translation>停止扫描；已找到的保留。</translation>
    </message>
    <message>
        <source>Filter by name or kind</source>
        <translation>按名称或种类筛选</translation>
    </message>
    <message>
        <source>Filter the list</source>
        <translation>筛选列表</translation>
    </message>
    <message>
        <source>Only what fits</source>
        <translation>仅适用的</translation>
    </message>
    <message>
        <source>Shows only what can be used with the loaded model.</source>
        <translation>仅显示可用于已加载模型的内容。</translation>
    </message>
    <message>
        <source>States</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Adapters</source>
        <translation>适配器</translation>
    </message>
    <message>
        <source>Add folder…</source>
        <translation>添加文件夹…</translation>
    </message>
    <message numerus="yes">
        <source>Scanning… %n found</source>
        <translation>
            <numerusform>正在扫描… 找到 %n 个</numerusform>
        </translation>
    </message>
    <message>
        <source>Nothing in the list matches the filter.</source>
        <translation>列表中没有符合筛选条件的内容。</translation>
    </message>
</context>
<context>
    <name>gui::FixList</name>
    <message>
        <source>Changes the choice above; the forecast follows.</source>
        <translation>更改上面的选项；预测随之更新。</translation>
    </message>
</context>
<context>
    <name>gui::HeatMap</name>
    <message>
        <source>Norm of each layer and head</source>
        <translation>每层每头的范数</translation>
    </message>
    <message>
        <source>Layer %1, head %2: %3</source>
        <translation>第 %1 层，第 %2 头：%3</translation>
    </message>
    <message>
        <source>Most in: %1</source>
        <translation>最大值：%1</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Head</source>
        <translation>头</translation>
    </message>
    <message>
        <source>Norm</source>
        <translation>范数</translation>
    </message>
</context>
<context>
    <name>gui::LayerBar</name>
    <message>
        <source>Layers</source>
        <translation>层数</translation>
    </message>
    <message>
        <source>Head: %1 on %2</source>
        <translation>输出头：%1，位于 %2</translation>
    </message>
    <message>
        <source>Layer %1: %2 on %3</source>
        <translation>第 %1 层：%2，位于 %3</translation>
    </message>
    <message>
        <source>copied for each use</source>
        <translation>每次使用时复制</translation>
    </message>
</context>
<context>
    <name>gui::LayerCurve</name>
    <message>
        <source>Share of B by layer</source>
        <translation>各层中 B 的份额</translation>
    </message>
    <message>
        <source>Layer %1: %2 of B</source>
        <translation>第 %1 层：B 占 %2</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>层</translation>
    </message>
</context>
<context>
    <name>gui::LayerEditor</name>
    <message>
        <source>Select layers with the mouse or with arrow keys and Shift; the last cell is the head.</source>
        <translation>用鼠标，或用方向键和 Shift 选择层；最后一格是输出头。</translation>
    </message>
    <message>
        <source>Precision of the selected layers</source>
        <translation>所选层的精度</translation>
    </message>
    <message>
        <source>Precision of the selected layers; the keys 1 to 9 choose it in the bar.</source>
        <translation>所选层的精度；在条中按 1 到 9 键选择。</translation>
    </message>
    <message>
        <source>several</source>
        <translation>多种</translation>
    </message>
    <message>
        <source>Device of the selected layers</source>
        <translation>所选层的设备</translation>
    </message>
    <message>
        <source>Head</source>
        <translation>输出头</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>嵌入</translation>
    </message>
    <message>
        <source>Low-rank factors</source>
        <translation>低秩因子</translation>
    </message>
    <message>
        <source>Channel mix</source>
        <translation>通道混合</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Precision of this part in the whole model; automatic keeps small but sensitive parts in 16 bits or more.</source>
        <translation>此部分在整个模型中的精度；自动会让小而敏感的部分保持 16 位或更高。</translation>
    </message>
    <message>
        <source>Layers are shown when the strategy has no error.</source>
        <translation>策略没有错误时才显示各层。</translation>
    </message>
    <message>
        <source>All layers and the head</source>
        <translation>所有层和输出头</translation>
    </message>
    <message>
        <source>Layer %1</source>
        <translation>第 %1 层</translation>
    </message>
    <message>
        <source>Layers from %1, and the head</source>
        <translation>第 %1 层起，以及输出头</translation>
    </message>
    <message>
        <source>Layers %1 to %2</source>
        <translation>第 %1 到 %2 层</translation>
    </message>
</context>
<context>
    <name>gui::LibraryPage</name>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>States</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Adapters</source>
        <translation>适配器</translation>
    </message>
    <message>
        <source>Memories that a chat can start from.</source>
        <translation>聊天可以由此开始的记忆。</translation>
    </message>
    <message>
        <source>Small files that change the loaded model.</source>
        <translation>改变已加载模型的小文件。</translation>
    </message>
</context>
<context>
    <name>gui::LiveRequestModel</name>
    <message>
        <source>%1 s</source>
        <translation>%1 秒</translation>
    </message>
    <message>
        <source>Request</source>
        <translation>请求</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>From</source>
        <comment>address of a client</comment>
        <translation>来自</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>词元</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
</context>
<context>
    <name>gui::LoadAdvanced</name>
    <message>
        <source>Advanced</source>
        <translation>高级</translation>
    </message>
    <message>
        <source>Shows what few models need.</source>
        <translation>显示少数模型才需要的选项。</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>上下文</translation>
    </message>
    <message>
        <source> tokens</source>
        <translation> 个词元</translation>
    </message>
    <message>
        <source>Head norm epsilon</source>
        <translation>头归一化 ε</translation>
    </message>
    <message>
        <source>As trained (mostly 64 × 10⁻⁵)</source>
        <translation>按训练时（通常 64 × 10⁻⁵）</translation>
    </message>
    <message>
        <source>Epsilon of the norm behind every head. Change it only for a model that was trained with another one and does not say so.</source>
        <translation>每个头之后归一化的 ε。仅当模型用其他值训练而文件未说明时才更改。</translation>
    </message>
    <message>
        <source>&amp;Context</source>
        <translation>上下文(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Head norm epsilon</source>
        <translation>头归一化 ε(&amp;H)</translation>
    </message>
    <message>
        <source>As in the file (%1 tokens)</source>
        <translation>按文件（%1 个词元）</translation>
    </message>
    <message>
        <source>How many tokens the attention of this hybrid keeps, 16 to 1,048,576. A chat that outgrows them ends. Each token that a text has read takes memory.</source>
        <translation>此混合模型的注意力保留多少个词元（16 至 1,048,576）。超出后聊天即结束。文本每读一个词元就占用一份内存。</translation>
    </message>
</context>
<context>
    <name>gui::LoadPanel</name>
    <message>
        <source>Load</source>
        <translation>加载</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Eject</source>
        <translation>卸载</translation>
    </message>
    <message>
        <source>As in the file</source>
        <translation>与文件相同</translation>
    </message>
    <message>
        <source>Number format in which the weights are kept in memory.</source>
        <translation>权重在内存中的数值格式。</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>How many texts can be written at the same time. Each takes memory for its state.</source>
        <translation>可同时书写的文本数量。每个都要占用状态内存。</translation>
    </message>
    <message>
        <source>The vocabulary file; empty: the one beside the model, else the one of Rookery.</source>
        <translation>词表文件；留空则用模型旁边的，否则用 Rookery 自带的。</translation>
    </message>
    <message>
        <source>Choose a vocabulary file</source>
        <translation>选择词表文件</translation>
    </message>
    <message>
        <source>&amp;Precision</source>
        <translation>精度(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Slots</source>
        <translation>槽位(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Vocabulary</source>
        <translation>词表(&amp;V)</translation>
    </message>
    <message>
        <source>Vocabulary</source>
        <translation>词表</translation>
    </message>
    <message>
        <source>Loading progress</source>
        <translation>加载进度</translation>
    </message>
    <message>
        <source>Loads the model with these choices.</source>
        <translation>按这些选项加载模型。</translation>
    </message>
    <message>
        <source>Stops loading; the model before stays.</source>
        <translation>停止加载；原来的模型保留。</translation>
    </message>
    <message>
        <source>Frees the memory of the loaded model.</source>
        <translation>释放已加载模型占用的内存。</translation>
    </message>
    <message>
        <source>As in the file (%1)</source>
        <translation>与文件相同（%1）</translation>
    </message>
    <message>
        <source>none found – choose one</source>
        <translation>未找到 – 请选择</translation>
    </message>
    <message>
        <source>Automatic: %1</source>
        <translation>自动：%1</translation>
    </message>
    <message>
        <source>Needs %1 of %2 free.</source>
        <translation>需要 %1，空闲 %2。</translation>
    </message>
    <message>
        <source>◐ Tight: needs %1 of %2 free; another program may push it out.</source>
        <translation>◐ 紧张：需要 %1，空闲 %2；可能被其他程序挤占。</translation>
    </message>
    <message>
        <source>○ Too big: needs %1, only %2 are free.</source>
        <translation>○ 太大：需要 %1，仅空闲 %2。</translation>
    </message>
    <message>
        <source>%1: %2 …</source>
        <comment>model name: phase of loading</comment>
        <translation>%1：%2…</translation>
    </message>
    <message>
        <source>%1/s</source>
        <comment>bytes per second</comment>
        <translation>%1/秒</translation>
    </message>
    <message numerus="yes">
        <source>no progress for %n s</source>
        <translation>
            <numerusform>%n 秒没有进展</numerusform>
        </translation>
    </message>
    <message>
        <source>Load again</source>
        <translation>重新加载</translation>
    </message>
    <message numerus="yes">
        <source>Loaded as %1 with %n slots in %2.</source>
        <translation>
            <numerusform>已按 %1 加载，%n 个槽位，用时 %2。</numerusform>
        </translation>
    </message>
    <message>
        <source>Actual memory %1 (forecast %2).</source>
        <translation>实际内存 %1（预测 %2）。</translation>
    </message>
    <message>
        <source>Actual memory %1.</source>
        <translation>实际内存 %1。</translation>
    </message>
    <message>
        <source>Each text takes up to %1 more as it grows.</source>
        <translation>每个文本随其增长最多再占用 %1。</translation>
    </message>
    <message>
        <source>Vocabulary files (*.txt)</source>
        <translation>词表文件 (*.txt)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message>
        <source>Choose a vocabulary file first.</source>
        <translation>请先选择词表文件。</translation>
    </message>
    <message>
        <source>As the strategy says</source>
        <translation>按策略所写</translation>
    </message>
    <message>
        <source>Where each layer runs and in which precision, such as “cpu fp32 *3 -&gt; cpu bf16”: three layers in fp32, the others in bf16.</source>
        <translation>每一层在哪里、以何种精度运行，例如“cpu fp32 *3 -&gt; cpu bf16”：三层用 fp32，其余用 bf16。</translation>
    </message>
    <message>
        <source>S&amp;trategy</source>
        <translation>策略(&amp;T)</translation>
    </message>
    <message>
        <source>Correct the strategy first.</source>
        <translation>请先改正策略。</translation>
    </message>
    <message>
        <source>Layers…</source>
        <translation>各层…</translation>
    </message>
    <message>
        <source>Shows the layers, to choose device and precision of each.</source>
        <translation>显示各层，以便选择每层的设备和精度。</translation>
    </message>
    <message>
        <source>&amp;Adapters</source>
        <translation>适配器(&amp;A)</translation>
    </message>
    <message>
        <source>Strategy</source>
        <translation>策略</translation>
    </message>
    <message>
        <source>Where the model runs; the settings tell more of each device.</source>
        <translation>模型在哪里运行；设置页有各设备的详细信息。</translation>
    </message>
    <message>
        <source>&amp;Device</source>
        <translation>设备(&amp;D)</translation>
    </message>
</context>
<context>
    <name>gui::LogModel</name>
    <message>
        <source>Trace</source>
        <comment>level of a log line</comment>
        <translation>跟踪</translation>
    </message>
    <message>
        <source>Debug</source>
        <comment>level of a log line</comment>
        <translation>调试</translation>
    </message>
    <message>
        <source>Info</source>
        <comment>level of a log line</comment>
        <translation>信息</translation>
    </message>
    <message>
        <source>Warning</source>
        <comment>level of a log line</comment>
        <translation>警告</translation>
    </message>
    <message>
        <source>Error</source>
        <comment>level of a log line</comment>
        <translation>错误</translation>
    </message>
    <message>
        <source>Critical</source>
        <comment>level of a log line</comment>
        <translation>严重</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Level</source>
        <translation>级别</translation>
    </message>
    <message>
        <source>Area</source>
        <comment>part of the program that wrote a log line</comment>
        <translation>部分</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>消息</translation>
    </message>
</context>
<context>
    <name>gui::LogPage</name>
    <message>
        <source>Log lines</source>
        <translation>日志行</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>日志</translation>
    </message>
    <message>
        <source>Least level shown</source>
        <translation>显示的最低级别</translation>
    </message>
    <message>
        <source>Shows lines of this level and above.</source>
        <translation>显示此级别及以上的行。</translation>
    </message>
    <message>
        <source>Search the log</source>
        <translation>搜索日志</translation>
    </message>
    <message>
        <source>Follow</source>
        <translation>跟随</translation>
    </message>
    <message>
        <source>Keeps the newest line in view.</source>
        <translation>保持最新一行可见。</translation>
    </message>
    <message>
        <source>Copy report</source>
        <translation>复制报告</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>清空</translation>
    </message>
    <message>
        <source>Nothing was reported yet.</source>
        <translation>尚无报告。</translation>
    </message>
    <message>
        <source>No line matches the filter.</source>
        <translation>没有符合筛选的行。</translation>
    </message>
    <message>
        <source>Copied.</source>
        <translation>已复制。</translation>
    </message>
</context>
<context>
    <name>gui::MainWindow</name>
    <message>
        <source>Pages</source>
        <translation>页面</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message>
        <source>There is nothing to take back.</source>
        <translation>没有可撤销的更改。</translation>
    </message>
    <message>
        <source>Nothing was taken back.</source>
        <translation>没有已撤销的更改。</translation>
    </message>
    <message>
        <source>No text field has the focus.</source>
        <translation>没有选中文本框。</translation>
    </message>
    <message>
        <source>There is no text to copy here.</source>
        <translation>这里没有可复制的文本。</translation>
    </message>
    <message>
        <source>Models and states (*.pth *.safetensors *.gguf *.st *.bin *.rwkvstate)</source>
        <translation>模型和状态 (*.pth *.safetensors *.gguf *.st *.bin *.rwkvstate)</translation>
    </message>
</context>
<context>
    <name>gui::MessageBar</name>
    <message>
        <source>Close this message</source>
        <translation>关闭此消息</translation>
    </message>
</context>
<context>
    <name>gui::MessageEditor</name>
    <message>
        <source>Text of the message</source>
        <translation>消息文本</translation>
    </message>
    <message>
        <source>The earlier text is kept as another branch.</source>
        <translation>先前的文本作为另一分支保留。</translation>
    </message>
    <message>
        <source>The earlier answer is kept as another branch.</source>
        <translation>先前的回答作为另一分支保留。</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>发送</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>保留</translation>
    </message>
    <message>
        <source>Ctrl+Enter</source>
        <translation>Ctrl+Enter</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Esc</source>
        <translation>Esc</translation>
    </message>
</context>
<context>
    <name>gui::MixChip</name>
    <message>
        <source>No mix</source>
        <translation>不混合</translation>
    </message>
    <message>
        <source>Mix: %1</source>
        <translation>混合：%1</translation>
    </message>
    <message>
        <source>Mix: none</source>
        <translation>混合：无</translation>
    </message>
    <message>
        <source>These states answer together: %1</source>
        <translation>这些状态一起回答：%1</translation>
    </message>
    <message>
        <source>Several states can answer together; choose a mix</source>
        <translation>多个状态可以一起回答；请选择一个混合</translation>
    </message>
    <message>
        <source>This mix: %1</source>
        <translation>当前混合：%1</translation>
    </message>
    <message>
        <source>Example: %1</source>
        <translation>示例：%1</translation>
    </message>
    <message>
        <source>Show the mixer</source>
        <translation>显示混合器</translation>
    </message>
</context>
<context>
    <name>gui::MixDesk</name>
    <message>
        <source>It does not fit the model.</source>
        <translation>与模型不匹配。</translation>
    </message>
    <message>
        <source>Base</source>
        <translation>基底</translation>
    </message>
    <message>
        <source>The model without a state</source>
        <translation>不带状态的模型</translation>
    </message>
    <message>
        <source>“%1” cannot be a voice: %2</source>
        <translation>“%1”不能作为声部：%2</translation>
    </message>
    <message>
        <source>Pirate and poet</source>
        <translation>海盗与诗人</translation>
    </message>
</context>
<context>
    <name>gui::MixerLanePanel</name>
    <message>
        <source>Lanes</source>
        <translation>轨道</translation>
    </message>
    <message>
        <source>Share of each voice in this answer</source>
        <translation>每个声部在此回答中的占比</translation>
    </message>
    <message>
        <source>Take the last change of the lane back</source>
        <translation>撤销对轨道的上一次更改</translation>
    </message>
    <message>
        <source>Show the lane as it was played</source>
        <translation>恢复为实际播放时的轨道</translation>
    </message>
    <message>
        <source>Re-run from here</source>
        <translation>从此处重跑</translation>
    </message>
    <message>
        <source>Answers again with the same seed: as in the lane up to the playhead, then with the faders as they are</source>
        <translation>用相同种子重新回答：播放头之前按轨道，之后按当前推子</translation>
    </message>
    <message>
        <source>Re-run with this lane</source>
        <translation>按此轨道重跑</translation>
    </message>
    <message>
        <source>Answers again with the same seed and this lane; the answer before is kept beside it</source>
        <translation>用相同种子和此轨道重新回答；原回答保留为另一版本</translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
    <message>
        <source>From here</source>
        <translation>从此处</translation>
    </message>
    <message>
        <source>Re-run</source>
        <translation>重跑</translation>
    </message>
    <message>
        <source>Keep this lane in the mix: its next answers follow it, and it is saved with it</source>
        <translation>把这条轨道保留在混合里：之后的回答都按它进行，并随混合一起保存</translation>
    </message>
</context>
<context>
    <name>gui::MixerLanes</name>
    <message>
        <source>Gates over the answer</source>
        <translation>回答过程中的门控</translation>
    </message>
    <message numerus="yes">
        <source>%n point(s), playhead at token %1 of %2</source>
        <translation>
            <numerusform>%n 个点，播放头在第 %1 / %2 个词元</numerusform>
        </translation>
    </message>
    <message>
        <source>Token</source>
        <translation>词元</translation>
    </message>
    <message>
        <source>At token %1 the sum of the gates would be too small.</source>
        <translation>在第 %1 个词元处，门控之和会过小。</translation>
    </message>
    <message>
        <source>The first point says how the answer begins; it can be moved, not removed.</source>
        <translation>第一个点决定回答如何开始；可以移动，不能删除。</translation>
    </message>
    <message>
        <source>Add a point here</source>
        <translation>在此添加点</translation>
    </message>
    <message>
        <source>Hold until the next point</source>
        <translation>保持到下一个点</translation>
    </message>
    <message>
        <source>Straight line to the next point</source>
        <translation>直线过渡到下一个点</translation>
    </message>
    <message>
        <source>Remove this point</source>
        <translation>删除此点</translation>
    </message>
    <message>
        <source>Playhead here</source>
        <translation>播放头移到此处</translation>
    </message>
    <message>
        <source>Token %1: “%2”</source>
        <translation>词元 %1：“%2”</translation>
    </message>
    <message>
        <source>%1: gate %2, share %3 %, KL %4</source>
        <translation>%1：门控 %2，占比 %3 %，KL %4</translation>
    </message>
</context>
<context>
    <name>gui::MixerMeter</name>
    <message>
        <source>Share of this voice in the newest words: its gate times its probability of what was written</source>
        <translation>此声部在最新词中的占比：其门控乘以它对所写内容的概率</translation>
    </message>
    <message>
        <source>How far this voice is from what was sampled, in nats (KL divergence)</source>
        <translation>此声部与采样分布的距离，单位奈特（KL 散度）</translation>
    </message>
    <message>
        <source>share –</source>
        <translation>占比 –</translation>
    </message>
    <message>
        <source>share %1 %</source>
        <translation>占比 %1 %</translation>
    </message>
    <message>
        <source>KL –</source>
        <translation>KL –</translation>
    </message>
    <message>
        <source>KL %1</source>
        <translation>KL %1</translation>
    </message>
</context>
<context>
    <name>gui::MixerModel</name>
    <message>
        <source>The model without a state</source>
        <translation>不带状态的模型</translation>
    </message>
    <message>
        <source>Voice %1, gate %2</source>
        <translation>声部 %1，门控 %2</translation>
    </message>
    <message>
        <source>At least one voice must be heard: the sum of the gates cannot be 0.</source>
        <translation>至少要有一个声部发声：门控之和不能为 0。</translation>
    </message>
    <message>
        <source>Beside a negative gate the sum stays at %1 or more; less would only amplify noise.</source>
        <translation>有负门控时总和不低于 %1；再低只会放大噪声。</translation>
    </message>
    <message>
        <source>Only a blend of logits can steer away from a voice.</source>
        <translation>只有 logits 混合才能避开某个声部。</translation>
    </message>
    <message>
        <source>A voice alone needs a gate above 0 and no mute.</source>
        <translation>独奏的声部需要大于 0 的门控且未静音。</translation>
    </message>
    <message>
        <source>Probabilities cannot be subtracted: negative gates became 0.</source>
        <translation>概率不能相减：负门控已变为 0。</translation>
    </message>
    <message>
        <source>“%1” is a voice already.</source>
        <translation>“%1”已经是一个声部。</translation>
    </message>
    <message numerus="yes">
        <source>A mix has at most %n voice(s).</source>
        <translation>
            <numerusform>一个混合最多有 %n 个声部。</numerusform>
        </translation>
    </message>
    <message>
        <source>This lane is not for these voices and this blend.</source>
        <translation>这条轨道不适用于这些声部和这种混合方式。</translation>
    </message>
    <message>
        <source>The lane was for other voices or another blend; it was taken out of the mix.</source>
        <translation>轨道属于别的声部或混合方式，已从混合中移除。</translation>
    </message>
</context>
<context>
    <name>gui::MixerPage</name>
    <message>
        <source>Ask something: the answer is written here, and the faders are heard from the next word on.</source>
        <translation>问点什么：回答会写在这里，推子从下一个词开始生效。</translation>
    </message>
    <message>
        <source>Say something to the mix</source>
        <translation>对混合说点什么</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>发送</translation>
    </message>
    <message>
        <source>New chat</source>
        <translation>新聊天</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Stop the answer</source>
        <translation>停止回答</translation>
    </message>
    <message>
        <source>Send to the mix</source>
        <translation>发送给混合</translation>
    </message>
    <message>
        <source>Waiting for a model. The message is answered when one is ready.</source>
        <translation>正在等待模型。模型就绪后会回答该消息。</translation>
    </message>
    <message>
        <source>Load a model (Ctrl+L)</source>
        <translation>加载模型 (Ctrl+L)</translation>
    </message>
    <message>
        <source>Opening the states…</source>
        <translation>正在打开状态…</translation>
    </message>
    <message>
        <source>Next token</source>
        <translation>下一个词元</translation>
    </message>
    <message>
        <source>Shows what the mix would say next; the text is read for it beforehand.</source>
        <translation>显示混合接下来会说什么；为此会预先读取文本。</translation>
    </message>
</context>
<context>
    <name>gui::MixerPanel</name>
    <message>
        <source>Mixer</source>
        <translation>混合器</translation>
    </message>
    <message>
        <source>The mixes cannot be saved.</source>
        <translation>无法保存混合。</translation>
    </message>
    <message>
        <source>Σg = %1</source>
        <comment>sum of the gates</comment>
        <translation>Σg = %1</translation>
    </message>
    <message numerus="yes">
        <source>%n row(s)</source>
        <translation>
            <numerusform>%n 行</numerusform>
        </translation>
    </message>
    <message>
        <source>Every voice takes a row of the model and the memory of one state</source>
        <translation>每个声部占用模型的一行和一个状态的内存</translation>
    </message>
    <message>
        <source>“%1” cannot be used with this model: %2</source>
        <translation>“%1”不能用于此模型：%2</translation>
    </message>
    <message>
        <source>No model is loaded. The mix can be set up already; it is heard when one is.</source>
        <translation>未加载模型。可以先设置混合，加载后即可听到。</translation>
    </message>
    <message numerus="yes">
        <source>The mix needs %n row(s).</source>
        <translation>
            <numerusform>此混合需要 %n 行。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The model was loaded with %n; load it with more.</source>
        <translation>
            <numerusform>模型加载时只有 %n 行；请用更多行加载。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n is free at the moment; the answer waits for more.</source>
        <translation>
            <numerusform>目前空闲 %n 行；回答会等待更多空行。</numerusform>
        </translation>
    </message>
    <message>
        <source>This holds from the next answer on; only gates move while one is written.</source>
        <translation>从下一个回答起生效；书写过程中只有门控可变。</translation>
    </message>
    <message>
        <source>It is a voice already.</source>
        <translation>已经是一个声部。</translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation>另存为…</translation>
    </message>
    <message>
        <source>Rename…</source>
        <translation>重命名…</translation>
    </message>
    <message>
        <source>There is another mix with the name “%1”.</source>
        <translation>已有名为“%1”的混合。</translation>
    </message>
    <message>
        <source>Delete the saved mix</source>
        <translation>删除已保存的混合</translation>
    </message>
    <message>
        <source>Copy as RWKV-Infer request</source>
        <translation>复制为 RWKV-Infer 请求</translation>
    </message>
    <message>
        <source>The request was copied; it is the body of /mrss_loadstatemodel.</source>
        <translation>请求已复制；它是 /mrss_loadstatemodel 的正文。</translation>
    </message>
    <message>
        <source>The request was copied; RWKV-Infer blends logits, not probabilities.</source>
        <translation>请求已复制；RWKV-Infer 混合的是 logits 而非概率。</translation>
    </message>
    <message>
        <source>Remove all voices</source>
        <translation>移除所有声部</translation>
    </message>
    <message>
        <source>“%1” was deleted.</source>
        <translation>“%1”已删除。</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Answer with this mix</source>
        <translation>用此混合回答</translation>
    </message>
    <message>
        <source>In use</source>
        <translation>使用中</translation>
    </message>
    <message>
        <source>Whether the current chat answers with this mix</source>
        <translation>当前聊天是否用此混合回答</translation>
    </message>
    <message>
        <source>Take the last change of the mix back</source>
        <translation>撤销对混合的上一次更改</translation>
    </message>
    <message>
        <source>Make the change of the mix again</source>
        <translation>重做对混合的更改</translation>
    </message>
    <message>
        <source>Save…</source>
        <translation>保存…</translation>
    </message>
    <message>
        <source>Keeps this mix under a name</source>
        <translation>以一个名称保存此混合</translation>
    </message>
    <message>
        <source>More for this mix</source>
        <translation>此混合的更多操作</translation>
    </message>
    <message>
        <source>Name of the mix</source>
        <translation>混合的名称</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Do not save</source>
        <translation>不保存</translation>
    </message>
    <message>
        <source>Logits</source>
        <translation>Logits</translation>
    </message>
    <message>
        <source>Probabilities</source>
        <translation>概率</translation>
    </message>
    <message>
        <source>Σ g l / Σ g, as RWKV-Infer does; negative gates steer away</source>
        <translation>Σ g l / Σ g，与 RWKV-Infer 相同；负门控表示避开</translation>
    </message>
    <message>
        <source>Σ g p / Σ g; no gate may be negative</source>
        <translation>Σ g p / Σ g；门控不能为负</translation>
    </message>
    <message>
        <source>How the voices become one: logits (as RWKV-Infer does, with negative gates) or probabilities</source>
        <translation>声部如何合而为一：logits（与 RWKV-Infer 相同，可用负门控）或概率</translation>
    </message>
    <message>
        <source>Blend</source>
        <translation>混合方式</translation>
    </message>
    <message>
        <source>Sum of the gates that are heard; the blend is divided by it</source>
        <translation>发声门控之和；混合结果除以它</translation>
    </message>
    <message>
        <source>Normalise</source>
        <translation>归一化</translation>
    </message>
    <message>
        <source>Scales the gates to the sum 1; what is heard stays the same</source>
        <translation>把门控缩放到总和为 1；听到的不变</translation>
    </message>
    <message>
        <source>Gates as set</source>
        <translation>按设定的门控</translation>
    </message>
    <message>
        <source>Surest is louder</source>
        <translation>越确定越响</translation>
    </message>
    <message>
        <source>Least hesitant is louder</source>
        <translation>越不犹豫越响</translation>
    </message>
    <message>
        <source>Outliers are quieter</source>
        <translation>离群者更轻</translation>
    </message>
    <message>
        <source>Gates can follow the voices at every token; the faders stay where they are</source>
        <translation>门控可以在每个词元随声部变化；推子保持不动</translation>
    </message>
    <message>
        <source>Gate policy</source>
        <translation>门控策略</translation>
    </message>
    <message>
        <source>How strongly the gates follow, from −10 to 10; below 0 the reverse</source>
        <translation>门控跟随的强度，−10 到 10；小于 0 则相反</translation>
    </message>
    <message>
        <source>Strength of the gate policy</source>
        <translation>门控策略的强度</translation>
    </message>
    <message>
        <source>Add voice</source>
        <translation>添加声部</translation>
    </message>
    <message>
        <source>Adds a state, or the base, as a further voice</source>
        <translation>把一个状态或基底添加为新的声部</translation>
    </message>
    <message>
        <source>Add a state</source>
        <translation>添加状态</translation>
    </message>
    <message>
        <source>Load example mix</source>
        <translation>加载示例混合</translation>
    </message>
    <message>
        <source>The state that this chat begins from is not used while the mix answers.</source>
        <translation>混合回答时不使用此聊天的起始状态。</translation>
    </message>
    <message>
        <source>Drop states here. Each becomes a voice; the faders set how much each one says.</source>
        <translation>把状态拖放到这里。每个状态成为一个声部；推子决定各自说多少。</translation>
    </message>
    <message>
        <source>Answers follow the lane of this mix until a fader is moved. Takes the lane out.</source>
        <translation>回答按此混合的轨道进行，直到移动推子。点击移除轨道。</translation>
    </message>
    <message numerus="yes">
        <source>Lane: %n point(s)</source>
        <translation>
            <numerusform>轨道：%n 个点</numerusform>
        </translation>
    </message>
    <message>
        <source>Take the lane out of the mix</source>
        <translation>从混合中移除轨道</translation>
    </message>
</context>
<context>
    <name>gui::MixerStrip</name>
    <message>
        <source>Gate of this voice; a click lets you type it</source>
        <translation>此声部的门控；点击可输入</translation>
    </message>
    <message>
        <source>Gate of %1</source>
        <translation>%1 的门控</translation>
    </message>
    <message>
        <source>In hundredths, from −100 to 200</source>
        <translation>以百分之一为单位，−100 到 200</translation>
    </message>
    <message>
        <source>How much this voice says, from −1 to 2. Arrows and wheel 0.01, with Shift 0.1; 0 silences it; M mutes, S plays it alone; a double click lets you type.</source>
        <translation>此声部说多少，−1 到 2。方向键和滚轮 0.01，按住 Shift 为 0.1；0 使其无声；M 静音，S 独奏；双击可输入。</translation>
    </message>
    <message>
        <source>M</source>
        <comment>mute button of a mixer</comment>
        <translation>M</translation>
    </message>
    <message>
        <source>Mute %1</source>
        <translation>静音 %1</translation>
    </message>
    <message>
        <source>Silences this voice; its gate stays (M)</source>
        <translation>使此声部无声；门控不变 (M)</translation>
    </message>
    <message>
        <source>S</source>
        <comment>solo button of a mixer</comment>
        <translation>S</translation>
    </message>
    <message>
        <source>Solo %1</source>
        <translation>独奏 %1</translation>
    </message>
    <message>
        <source>Only voices with S are heard (S)</source>
        <translation>只听到带 S 的声部 (S)</translation>
    </message>
    <message>
        <source>More for %1</source>
        <translation>%1 的更多操作</translation>
    </message>
    <message>
        <source>Move or remove this voice</source>
        <translation>移动或移除此声部</translation>
    </message>
    <message>
        <source>The model without a state; always the last voice</source>
        <translation>不带状态的模型；始终是最后一个声部</translation>
    </message>
    <message>
        <source>Gate of %1: %2</source>
        <translation>%1 的门控：%2</translation>
    </message>
    <message>
        <source>does not fit</source>
        <translation>不匹配</translation>
    </message>
    <message>
        <source>Move to the left</source>
        <translation>左移</translation>
    </message>
    <message>
        <source>Move to the right</source>
        <translation>右移</translation>
    </message>
    <message>
        <source>Remove this voice</source>
        <translation>移除此声部</translation>
    </message>
</context>
<context>
    <name>gui::ModelListModel</name>
    <message>
        <source>Needs %1; %2 are free.</source>
        <translation>需要 %1；空闲 %2。</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Family</source>
        <comment>of models, such as RWKV-7</comment>
        <translation>系列</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>参数量</translation>
    </message>
    <message>
        <source>Dtype</source>
        <comment>number format of the weights</comment>
        <translation>类型</translation>
    </message>
    <message>
        <source>File size</source>
        <translation>文件大小</translation>
    </message>
    <message>
        <source>Fit</source>
        <comment>whether the model fits into memory</comment>
        <translation>内存</translation>
    </message>
</context>
<context>
    <name>gui::ModelsPage</name>
    <message numerus="yes">
        <source>Scanning… %n found</source>
        <translation>
            <numerusform>正在扫描… 找到 %n 个</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n model folder(s) are not there.</source>
        <translation>
            <numerusform>%n 个模型文件夹不存在。</numerusform>
        </translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Select a model first.</source>
        <translation>请先选择模型。</translation>
    </message>
    <message>
        <source>Add a folder with models</source>
        <translation>添加模型文件夹</translation>
    </message>
    <message>
        <source>Choose a model file</source>
        <translation>选择模型文件</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Stops scanning; what was found stays.</source>
        <translation>停止扫描；已找到的保留。</translation>
    </message>
    <message>
        <source>Filter by name, family, dtype</source>
        <translation>按名称、系列、类型筛选</translation>
    </message>
    <message>
        <source>Filter the models</source>
        <translation>筛选模型</translation>
    </message>
    <message>
        <source>Overview</source>
        <translation>概览</translation>
    </message>
    <message>
        <source>Tensors</source>
        <translation>张量</translation>
    </message>
    <message>
        <source>Filter, such as blocks.12.att</source>
        <translation>筛选，例如 blocks.12.att</translation>
    </message>
    <message>
        <source>Filter the tensors</source>
        <translation>筛选张量</translation>
    </message>
    <message>
        <source>Choose a model on the left to see what it is and to load it.

Drop model files or folders anywhere in this window to add them.</source>
        <translation>在左侧选择模型以查看并加载。

把模型文件或文件夹拖到窗口任意位置即可添加。</translation>
    </message>
    <message>
        <source>Add folder…</source>
        <translation>添加文件夹…</translation>
    </message>
    <message>
        <source>%1 parameters</source>
        <translation>%1 参数</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>层数</translation>
    </message>
    <message>
        <source>Width</source>
        <translation>宽度</translation>
    </message>
    <message>
        <source>Heads</source>
        <translation>头数</translation>
    </message>
    <message>
        <source>%1 of %2 channels</source>
        <translation>%1 个，每个 %2 通道</translation>
    </message>
    <message>
        <source>Hidden width</source>
        <translation>隐藏宽度</translation>
    </message>
    <message>
        <source>Vocabulary</source>
        <translation>词表</translation>
    </message>
    <message>
        <source>%1 tokens</source>
        <translation>%1 个词元</translation>
    </message>
    <message>
        <source>Memory of one text</source>
        <translation>每段文本的记忆</translation>
    </message>
    <message>
        <source>Vocabulary file</source>
        <translation>词表文件</translation>
    </message>
    <message>
        <source>none found</source>
        <translation>未找到</translation>
    </message>
    <message>
        <source>Container</source>
        <translation>容器格式</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>comes with Rookery</source>
        <translation>Rookery 自带</translation>
    </message>
    <message>
        <source>This model comes with Rookery.</source>
        <translation>此模型随 Rookery 提供。</translation>
    </message>
    <message>
        <source>Only files that were opened one by one can be removed.</source>
        <translation>只能移除单独打开的文件。</translation>
    </message>
    <message>
        <source>Model files (*.pth *.safetensors *.gguf *.st *.bin)</source>
        <translation>模型文件 (*.pth *.safetensors *.gguf *.st *.bin)</translation>
    </message>
    <message>
        <source>This model cannot be loaded.</source>
        <translation>无法加载此模型。</translation>
    </message>
    <message>
        <source>There is no model in “%1”.</source>
        <translation>“%1”中没有模型。</translation>
    </message>
    <message>
        <source>The folder stays in the list: models that are put there appear by themselves.</source>
        <translation>该文件夹保留在列表中：放进去的模型会自动出现。</translation>
    </message>
</context>
<context>
    <name>gui::MonitorPage</name>
    <message>
        <source>Speed</source>
        <translation>速度</translation>
    </message>
    <message>
        <source>Generated</source>
        <translation>生成</translation>
    </message>
    <message>
        <source>Read</source>
        <comment>prompt tokens that were read</comment>
        <translation>读取</translation>
    </message>
    <message>
        <source>Rows</source>
        <comment>texts that are written at the same time</comment>
        <translation>行数</translation>
    </message>
    <message>
        <source>Generating</source>
        <translation>生成中</translation>
    </message>
    <message>
        <source>Reading</source>
        <translation>读取中</translation>
    </message>
    <message>
        <source>Queued</source>
        <translation>排队</translation>
    </message>
    <message>
        <source>Monitor</source>
        <translation>监视</translation>
    </message>
    <message>
        <source>60 s</source>
        <translation>60 秒</translation>
    </message>
    <message>
        <source>10 min</source>
        <translation>10 分钟</translation>
    </message>
    <message>
        <source>Shows the last %1.</source>
        <translation>显示最近 %1。</translation>
    </message>
    <message>
        <source>No model is loaded; speed and rows begin with the first one.</source>
        <translation>未加载模型；加载后开始显示速度和行数。</translation>
    </message>
    <message>
        <source>%1 generated, %2 read.</source>
        <translation>生成 %1，读取 %2。</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <comment>busy rows</comment>
        <translation>%1 / %2</translation>
    </message>
    <message>
        <source>%1 generating, %2 reading, %3 queued; %4 slots.</source>
        <translation>%1 个生成中，%2 个读取中，%3 个排队；%4 个槽位。</translation>
    </message>
    <message>
        <source>Plots</source>
        <translation>图表</translation>
    </message>
</context>
<context>
    <name>gui::NextTokenTable</name>
    <message>
        <source>Next token</source>
        <translation>下一个词元</translation>
    </message>
    <message>
        <source>What the mix would say next, before sampling: how probable each token is in the blend and to each voice alone. It follows the faders.</source>
        <translation>混合接下来会说什么（采样之前）：每个词元在混合中以及对各声部单独而言的概率。随推子变化。</translation>
    </message>
    <message>
        <source>Reading…</source>
        <translation>正在读取…</translation>
    </message>
    <message>
        <source>Type something below: what the mix would begin its answer with is shown here.</source>
        <translation>在下方输入内容：这里会显示混合的回答将如何开头。</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>词元</translation>
    </message>
    <message>
        <source>Mix</source>
        <comment>the blend of all voices</comment>
        <translation>混合</translation>
    </message>
    <message>
        <source>#%1</source>
        <comment>a token&apos;s number</comment>
        <translation>#%1</translation>
    </message>
    <message>
        <source>Token %1</source>
        <translation>词元 %1</translation>
    </message>
</context>
<context>
    <name>gui::PlotView</name>
    <message>
        <source>now</source>
        <translation>现在</translation>
    </message>
    <message>
        <source>%1 min</source>
        <comment>minutes</comment>
        <translation>%1 分</translation>
    </message>
    <message>
        <source>%1 s</source>
        <comment>seconds</comment>
        <translation>%1 秒</translation>
    </message>
</context>
<context>
    <name>gui::Presets</name>
    <message>
        <source>Balanced</source>
        <translation>均衡</translation>
    </message>
    <message>
        <source>Precise</source>
        <translation>精确</translation>
    </message>
    <message>
        <source>Creative</source>
        <translation>创意</translation>
    </message>
</context>
<context>
    <name>gui::ProbeColumns</name>
    <message>
        <source>Opening…</source>
        <translation>正在打开…</translation>
    </message>
    <message>
        <source>Reading…</source>
        <translation>正在读取…</translation>
    </message>
    <message numerus="yes">
        <source>Writing… %n token(s)</source>
        <translation>
            <numerusform>正在书写… %n 个词元</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Done, %n token(s)</source>
        <translation>
            <numerusform>完成，%n 个词元</numerusform>
        </translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>Could not answer</source>
        <translation>未能回答</translation>
    </message>
    <message>
        <source>Answer of %1</source>
        <translation>%1 的回答</translation>
    </message>
    <message>
        <source>Use in a chat</source>
        <translation>用于聊天</translation>
    </message>
    <message>
        <source>Bake the blend into a file first; then it can begin chats.</source>
        <translation>请先把混合状态固化为文件，之后才能用来开始聊天。</translation>
    </message>
    <message>
        <source>Begins a new chat.</source>
        <translation>开始一段新聊天。</translation>
    </message>
    <message>
        <source>Begins a new chat from this state.</source>
        <translation>从此状态开始一段新聊天。</translation>
    </message>
</context>
<context>
    <name>gui::RequestLogModel</name>
    <message>
        <source>The client left before its answer was complete.</source>
        <translation>客户端在回答完成之前离开了。</translation>
    </message>
    <message>
        <source>not HTTP</source>
        <translation>不是 HTTP</translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation>%1 毫秒</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Status</source>
        <comment>of an HTTP answer: 200, 404</comment>
        <translation>状态</translation>
    </message>
    <message>
        <source>Took</source>
        <comment>how long an answer took</comment>
        <translation>用时</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>词元</translation>
    </message>
    <message>
        <source>From</source>
        <comment>address of a client</comment>
        <translation>来自</translation>
    </message>
    <message>
        <source>Request</source>
        <translation>请求</translation>
    </message>
</context>
<context>
    <name>gui::SamplingPanel</name>
    <message>
        <source>Sampling</source>
        <translation>采样</translation>
    </message>
    <message>
        <source>Preset</source>
        <translation>预设</translation>
    </message>
    <message>
        <source>A named set of the values below</source>
        <translation>下列数值的一个命名组合</translation>
    </message>
    <message>
        <source>Save as preset</source>
        <translation>存为预设</translation>
    </message>
    <message>
        <source>Saves the values below under a name</source>
        <translation>将以下数值以某个名称保存</translation>
    </message>
    <message>
        <source>Delete preset</source>
        <translation>删除预设</translation>
    </message>
    <message>
        <source>Deletes the chosen preset; those that come with Rookery stay</source>
        <translation>删除所选预设；Rookery 自带的预设保留</translation>
    </message>
    <message>
        <source>Name of the preset</source>
        <translation>预设名称</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Reset %1</source>
        <translation>重置 %1</translation>
    </message>
    <message>
        <source>Back to what the preset says</source>
        <translation>恢复预设的值</translation>
    </message>
    <message>
        <source>Choice of words</source>
        <translation>选词</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>温度</translation>
    </message>
    <message>
        <source>0 = always the likeliest word; above 1 = bolder. 0 to 10, no unit.</source>
        <translation>0 = 总取最可能的词；大于 1 = 更大胆。0 到 10，无单位。</translation>
    </message>
    <message>
        <source>Top-p</source>
        <translation>Top-p</translation>
    </message>
    <message>
        <source>Only the likeliest words that together have this share of the probability. 0 to 1; 1 = off.</source>
        <translation>只取合计占此概率份额的最可能的词。0 到 1；1 = 关闭。</translation>
    </message>
    <message>
        <source>off</source>
        <translation>关</translation>
    </message>
    <message>
        <source>Top-k</source>
        <translation>Top-k</translation>
    </message>
    <message>
        <source>Only so many of the likeliest words. A count; 0 = off.</source>
        <translation>只取这么多个最可能的词。个数；0 = 关闭。</translation>
    </message>
    <message>
        <source>Min-p</source>
        <translation>Min-p</translation>
    </message>
    <message>
        <source>Drops words less likely than this share of the likeliest. 0 to 1; 0 = off.</source>
        <translation>去掉概率低于最可能词此比例的词。0 到 1；0 = 关闭。</translation>
    </message>
    <message>
        <source>Typical-p</source>
        <translation>Typical-p</translation>
    </message>
    <message>
        <source>Keeps the words of typical surprise that together have this share. 0 to 1; 1 = off.</source>
        <translation>保留合计占此份额、意外程度典型的词。0 到 1；1 = 关闭。</translation>
    </message>
    <message>
        <source>Against repetition</source>
        <translation>防止重复</translation>
    </message>
    <message>
        <source>Presence</source>
        <translation>出现惩罚</translation>
    </message>
    <message>
        <source>Taken once from words that were used. −10 to 10, in logits; 0 = off.</source>
        <translation>对用过的词扣除一次。−10 到 10，单位 logit；0 = 关闭。</translation>
    </message>
    <message>
        <source>Frequency</source>
        <translation>频率惩罚</translation>
    </message>
    <message>
        <source>Taken for every use of a word. −10 to 10, in logits; 0 = off.</source>
        <translation>词每用一次扣除一次。−10 到 10，单位 logit；0 = 关闭。</translation>
    </message>
    <message>
        <source>Repetition</source>
        <translation>重复惩罚</translation>
    </message>
    <message>
        <source>Divides the logits of words that were used. 0.01 to 10, a factor; 1 = off.</source>
        <translation>将用过的词的 logit 除以此数。0.01 到 10，倍数；1 = 关闭。</translation>
    </message>
    <message>
        <source>Decay</source>
        <translation>衰减</translation>
    </message>
    <message>
        <source>How fast uses are forgotten: a factor per token. 0 to 1; 1 = never.</source>
        <translation>使用次数遗忘的快慢：每个词元的系数。0 到 1；1 = 从不。</translation>
    </message>
    <message>
        <source>fixed</source>
        <translation>固定</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>种子</translation>
    </message>
    <message>
        <source>The same seed gives the same answer again. A whole number; not fixed = a new one each time.</source>
        <translation>相同的种子得到相同的回答。整数；不固定 = 每次换新。</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>At most</source>
        <translation>最多</translation>
    </message>
    <message>
        <source>Where an answer is cut off, in tokens.</source>
        <translation>回答在多少词元处截断。</translation>
    </message>
    <message>
        <source> tok</source>
        <translation> 词元</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>On</source>
        <translation>开</translation>
    </message>
    <message>
        <source>Short</source>
        <translation>简短</translation>
    </message>
    <message>
        <source>Thinking</source>
        <translation>思考</translation>
    </message>
    <message>
        <source>Whether a reasoning model thinks before it answers. Other models ignore it.</source>
        <translation>推理模型是否先思考再回答。其他模型忽略此项。</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>World</source>
        <translation>World</translation>
    </message>
    <message>
        <source>Reasoning</source>
        <translation>推理</translation>
    </message>
    <message>
        <source>Raw</source>
        <translation>原文</translation>
    </message>
    <message>
        <source>Chat template</source>
        <translation>聊天模板</translation>
    </message>
    <message>
        <source>How messages become a prompt. Automatic: by the model&apos;s name. Raw: the text as it is.</source>
        <translation>消息如何变成提示。自动：按模型名称。原文：原样使用文本。</translation>
    </message>
    <message>
        <source>e.g. \n\nUser | END</source>
        <translation>例如 \n\nUser | END</translation>
    </message>
    <message>
        <source>Stop at</source>
        <translation>停止于</translation>
    </message>
    <message>
        <source>Texts that end the answer, at most 16, separated by |. \n is a line break.</source>
        <translation>结束回答的文本，最多 16 个，用 | 分隔。\n 表示换行。</translation>
    </message>
    <message>
        <source>What the model should know or be in this chat</source>
        <translation>模型在此聊天中应知道什么、扮演什么</translation>
    </message>
    <message>
        <source>System prompt</source>
        <translation>系统提示</translation>
    </message>
    <message>
        <source>Stands before the conversation.</source>
        <translation>位于聊天之前。</translation>
    </message>
    <message>
        <source>%1 (changed)</source>
        <translation>%1（已改）</translation>
    </message>
    <message>
        <source>This name cannot be used: it is empty or belongs to a preset that comes with Rookery.</source>
        <translation>不能使用此名称：名称为空，或属于 Rookery 自带的预设。</translation>
    </message>
    <message>
        <source>Own values</source>
        <translation>自定义值</translation>
    </message>
</context>
<context>
    <name>gui::ServerForm</name>
    <message>
        <source>Address</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>Who can reach the server.</source>
        <translation>谁可以访问服务器。</translation>
    </message>
    <message>
        <source>Only this computer</source>
        <translation>仅本机</translation>
    </message>
    <message>
        <source>Local network (%1)</source>
        <translation>局域网 (%1)</translation>
    </message>
    <message>
        <source>Open to</source>
        <translation>开放给</translation>
    </message>
    <message>
        <source>Port</source>
        <translation>端口</translation>
    </message>
    <message>
        <source>Where programs find the server: the number behind the colon of its address.</source>
        <translation>程序在此找到服务器：地址中冒号后面的数字。</translation>
    </message>
    <message>
        <source>Turn on when Rookery starts</source>
        <translation>Rookery 启动时打开</translation>
    </message>
    <message>
        <source>For other computers only at an address that was turned on before.</source>
        <translation>对其他计算机，仅限曾经打开过的地址。</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>密钥</translation>
    </message>
    <message>
        <source>Ask for a key</source>
        <translation>要求密钥</translation>
    </message>
    <message>
        <source>Programs must know the key. Other computers always need it.</source>
        <translation>程序必须知道密钥。其他计算机始终需要它。</translation>
    </message>
    <message>
        <source>Made at the first start</source>
        <translation>首次打开时生成</translation>
    </message>
    <message>
        <source>Shows or hides the key</source>
        <translation>显示或隐藏密钥</translation>
    </message>
    <message>
        <source>Copies the key</source>
        <translation>复制密钥</translation>
    </message>
    <message>
        <source>New</source>
        <comment>make a new key</comment>
        <translation>新建</translation>
    </message>
    <message>
        <source>Makes another key; programs that know the old one are refused.</source>
        <translation>生成另一个密钥；使用旧密钥的程序将被拒绝。</translation>
    </message>
    <message>
        <source>Limits</source>
        <translation>限制</translation>
    </message>
    <message>
        <source>Rows</source>
        <translation>行</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Texts that are written at once, of models that requests load. A model that the window loaded keeps its own.</source>
        <translation>请求所加载的模型同时书写的文本数。窗口加载的模型保持自己的设置。</translation>
    </message>
    <message>
        <source>Queue</source>
        <translation>队列</translation>
    </message>
    <message>
        <source>None</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Requests that may wait for a row; more are told to come again later.</source>
        <translation>可以等待空行的请求数；更多的请求会被告知稍后再来。</translation>
    </message>
    <message>
        <source>Request size</source>
        <translation>请求大小</translation>
    </message>
    <message>
        <source> MiB</source>
        <translation> MiB</translation>
    </message>
    <message>
        <source>Larger requests are refused.</source>
        <translation>更大的请求会被拒绝。</translation>
    </message>
    <message>
        <source>Folders that requests may use</source>
        <translation>请求可以使用的文件夹</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Requests may load the models beneath it, by name.</source>
        <translation>请求可以按名称加载其中的模型。</translation>
    </message>
    <message>
        <source>States</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Requests may load and save the states beneath it, by name.</source>
        <translation>请求可以按名称加载和保存其中的状态。</translation>
    </message>
    <message>
        <source>Adapters</source>
        <translation>适配器</translation>
    </message>
    <message>
        <source>Requests may use the adapters beneath it, by name.</source>
        <translation>请求可以按名称使用其中的适配器。</translation>
    </message>
    <message>
        <source>None</source>
        <comment>no folder</comment>
        <translation>无</translation>
    </message>
    <message>
        <source>Chooses the folder</source>
        <translation>选择文件夹</translation>
    </message>
    <message>
        <source>Keys of single programs</source>
        <translation>各程序的密钥</translation>
    </message>
    <message>
        <source>Name of a program</source>
        <translation>程序名称</translation>
    </message>
    <message>
        <source>A key of its own for a program: it can be taken away without the others noticing.</source>
        <translation>给一个程序单独的密钥：可以收回，而不影响其他程序。</translation>
    </message>
    <message>
        <source>Web pages that may call</source>
        <translation>允许调用的网页</translation>
    </message>
    <message>
        <source>Pages of this origin may use the server from a browser; no others can. Scheme, name and port, as browsers write them.</source>
        <translation>此来源的网页可以从浏览器使用服务器，其他网页不行。协议、名称和端口，写法与浏览器相同。</translation>
    </message>
    <message>
        <source>“%1” is no origin: expected http:// or https://, a name and perhaps a port.</source>
        <translation>“%1”不是来源：应为 http:// 或 https://、名称，也可带端口。</translation>
    </message>
</context>
<context>
    <name>gui::ServerHost</name>
    <message>
        <source>“%1” has a key already.</source>
        <translation>“%1”已有密钥。</translation>
    </message>
    <message numerus="yes">
        <source>There can be at most %n key(s).</source>
        <translation>
            <numerusform>最多只能有 %n 个密钥。</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 cannot be written.</source>
        <translation>无法写入 %1。</translation>
    </message>
</context>
<context>
    <name>gui::ServerPage</name>
    <message>
        <source>Server</source>
        <translation>服务器</translation>
    </message>
    <message>
        <source>Lets other programs use the model over HTTP: the interface of OpenAI and that of RWKV-Infer.</source>
        <translation>让其他程序通过 HTTP 使用模型：OpenAI 和 RWKV-Infer 的接口。</translation>
    </message>
    <message>
        <source>Copy as curl</source>
        <translation>复制为 curl</translation>
    </message>
    <message>
        <source>A question for a terminal; the key, if one is asked for, is in it.</source>
        <translation>用于终端的提问；如果要求密钥，其中包含密钥。</translation>
    </message>
    <message>
        <source>Answering now</source>
        <translation>正在回答</translation>
    </message>
    <message>
        <source>Cancel request</source>
        <translation>取消请求</translation>
    </message>
    <message>
        <source>Ends the selected request; its program is told.</source>
        <translation>结束所选请求，并告知其程序。</translation>
    </message>
    <message>
        <source>Answered</source>
        <translation>已回答</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>清空</translation>
    </message>
    <message>
        <source>Empties the list.</source>
        <translation>清空列表。</translation>
    </message>
    <message>
        <source>Other computers will be able to use this server.</source>
        <translation>其他计算机将可以使用此服务器。</translation>
    </message>
    <message>
        <source>Turn on</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>○ Off</source>
        <translation>○ 关闭</translation>
    </message>
    <message>
        <source>◐ Starting</source>
        <translation>◐ 正在打开</translation>
    </message>
    <message>
        <source>● On</source>
        <translation>● 打开</translation>
    </message>
    <message numerus="yes">
        <source>● On, answering %n request(s)</source>
        <translation>
            <numerusform>● 打开，正在回答 %n 个请求</numerusform>
        </translation>
    </message>
    <message>
        <source>◐ Stopping</source>
        <translation>◐ 正在停止</translation>
    </message>
    <message numerus="yes">
        <source>◐ Finishing %n request(s)</source>
        <translation>
            <numerusform>◐ 正在完成 %n 个请求</numerusform>
        </translation>
    </message>
    <message>
        <source>○ Failed</source>
        <translation>○ 失败</translation>
    </message>
    <message>
        <source>Turn off</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>The server could not start.</source>
        <translation>无法打开服务器。</translation>
    </message>
    <message>
        <source>Port %1 is used by another program.</source>
        <translation>端口 %1 正被另一个程序使用。</translation>
    </message>
    <message>
        <source>Use %1</source>
        <comment>a port</comment>
        <translation>使用 %1</translation>
    </message>
    <message>
        <source>Nobody asks for anything right now.</source>
        <translation>现在没有请求。</translation>
    </message>
    <message>
        <source>The server is off.</source>
        <translation>服务器已关闭。</translation>
    </message>
    <message>
        <source>Requests are listed here: when, what, how they ended. Never their keys or texts.</source>
        <translation>请求列在这里：时间、内容类型和结果。绝不包含密钥或文本。</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copies the address, for programs that ask for a base URL.</source>
        <translation>复制地址，用于需要 base URL 的程序。</translation>
    </message>
    <message>
        <source>Whoever knows the key can make it answer and, in the allowed folders, load and save. What they send is not encrypted on its way.</source>
        <translation>知道密钥的人可以让它回答，并在允许的文件夹中加载和保存。传输内容未加密。</translation>
    </message>
</context>
<context>
    <name>gui::SettingsPage</name>
    <message>
        <source>No setting matches.</source>
        <translation>没有匹配的设置。</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Search settings</source>
        <translation>搜索设置</translation>
    </message>
    <message>
        <source>Changed only</source>
        <translation>仅显示已更改</translation>
    </message>
    <message>
        <source>Shows only settings that differ from their default.</source>
        <translation>只显示与默认值不同的设置。</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>外观</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation>配色</translation>
    </message>
    <message>
        <source>Light, dark, or as the desktop says.</source>
        <translation>浅色、深色，或跟随桌面。</translation>
    </message>
    <message>
        <source>As the desktop</source>
        <translation>跟随桌面</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Of menus, pages and messages.</source>
        <translation>菜单、页面和消息的语言。</translation>
    </message>
    <message>
        <source>Text size</source>
        <translation>文字大小</translation>
    </message>
    <message>
        <source>Also with Ctrl + and Ctrl −.</source>
        <translation>也可用 Ctrl + 和 Ctrl −。</translation>
    </message>
    <message>
        <source> px</source>
        <translation> 像素</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Model folders</source>
        <translation>模型文件夹</translation>
    </message>
    <message>
        <source>Searched for model files, besides %1.</source>
        <translation>除 %1 外，还在这些文件夹中查找模型文件。</translation>
    </message>
    <message>
        <source>At start</source>
        <translation>启动时</translation>
    </message>
    <message>
        <source>Saves a click if you always use the same model.</source>
        <translation>如果总用同一个模型，可省一次点击。</translation>
    </message>
    <message>
        <source>Load the model of last time</source>
        <translation>加载上次的模型</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>引擎</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>线程</translation>
    </message>
    <message>
        <source>Processors that compute.</source>
        <translation>参与计算的处理器数。</translation>
    </message>
    <message>
        <source>One per processor</source>
        <translation>每个处理器一个</translation>
    </message>
    <message>
        <source>Prefix cache</source>
        <translation>前缀缓存</translation>
    </message>
    <message>
        <source>Memory for what was read before, so that the next question in a chat starts at once.</source>
        <translation>用于保存已读内容的内存，使聊天中的下一个问题能立即开始。</translation>
    </message>
    <message>
        <source> MB</source>
        <translation> MB</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Takes effect when Rookery starts next time.</source>
        <translation>下次启动 Rookery 时生效。</translation>
    </message>
    <message>
        <source>Back to the default</source>
        <translation>恢复默认值</translation>
    </message>
    <message>
        <source>%1: back to the default</source>
        <translation>%1：恢复默认值</translation>
    </message>
    <message>
        <source>Add…</source>
        <translation>添加…</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Takes the folder off the list; its files stay.</source>
        <translation>从列表中移除该文件夹；文件保留。</translation>
    </message>
    <message>
        <source>Devices</source>
        <translation>设备</translation>
    </message>
</context>
<context>
    <name>gui::StateChip</name>
    <message>
        <source>Empty memory</source>
        <translation>空白记忆</translation>
    </message>
    <message>
        <source>What the model remembers before the first message. A change counts from the next answer on.</source>
        <translation>模型在第一条消息之前记得的内容。更改从下一个回答起生效。</translation>
    </message>
    <message>
        <source>The chat begins from: %1</source>
        <translation>聊天的起点：%1</translation>
    </message>
    <message>
        <source>The model knows nothing of any chat.</source>
        <translation>模型不知道任何聊天。</translation>
    </message>
    <message>
        <source>Other file…</source>
        <translation>其他文件…</translation>
    </message>
    <message>
        <source>All states</source>
        <translation>所有状态</translation>
    </message>
    <message>
        <source>Choose a state</source>
        <translation>选择状态</translation>
    </message>
    <message>
        <source>States (*.rwkvstate *.pth *.safetensors *.st)</source>
        <translation>状态 (*.rwkvstate *.pth *.safetensors *.st)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
</context>
<context>
    <name>gui::StateFiles</name>
    <message>
        <source>%1 could not be renamed.</source>
        <translation>无法重命名 %1。</translation>
    </message>
    <message>
        <source>“%1” is not a name for a file.</source>
        <translation>“%1”不能用作文件名。</translation>
    </message>
    <message>
        <source>%1 is there already.</source>
        <translation>%1 已存在。</translation>
    </message>
    <message>
        <source>There is no trash for this folder; nothing was deleted.</source>
        <translation>此文件夹没有回收站；未删除任何内容。</translation>
    </message>
    <message>
        <source>%1 could not be deleted.</source>
        <translation>无法删除 %1。</translation>
    </message>
    <message>
        <source>The change could not be taken back.</source>
        <translation>无法撤销该更改。</translation>
    </message>
</context>
<context>
    <name>gui::StatesPage</name>
    <message>
        <source>key, value</source>
        <translation>键、值</translation>
    </message>
    <message>
        <source>value, key</source>
        <translation>值、键</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>种类</translation>
    </message>
    <message>
        <source>Family</source>
        <translation>系列</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>层数</translation>
    </message>
    <message>
        <source>Heads</source>
        <translation>头数</translation>
    </message>
    <message>
        <source>%1 of %2 channels</source>
        <translation>%1 个，每个 %2 通道</translation>
    </message>
    <message>
        <source>Matrices stored as</source>
        <translation>矩阵存储顺序</translation>
    </message>
    <message>
        <source>Token-shift vectors</source>
        <translation>词元位移向量</translation>
    </message>
    <message>
        <source>in the file</source>
        <translation>在文件中</translation>
    </message>
    <message>
        <source>start at zero</source>
        <translation>从零开始</translation>
    </message>
    <message>
        <source>Offsets</source>
        <translation>偏移</translation>
    </message>
    <message>
        <source>Saved with</source>
        <translation>保存时的模型</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>Layout</source>
        <translation>布局</translation>
    </message>
    <message>
        <source>Container</source>
        <translation>容器格式</translation>
    </message>
    <message>
        <source>A state is a model&apos;s memory in a file. Tuned ones change how it answers.

Save one from a chat (Ctrl+Shift+S), or add a folder with states.</source>
        <translation>状态是存放在文件中的模型记忆。微调过的状态会改变它的回答方式。

可以从聊天保存一个（Ctrl+Shift+S），或添加含有状态的文件夹。</translation>
    </message>
    <message>
        <source>Start a chat</source>
        <translation>开始聊天</translation>
    </message>
    <message>
        <source>Reveal in files</source>
        <translation>在文件管理器中显示</translation>
    </message>
    <message>
        <source>Opens the folder of the selected state.</source>
        <translation>打开所选状态所在的文件夹。</translation>
    </message>
    <message>
        <source>Choose a state on the left to see what it is.</source>
        <translation>在左侧选择一个状态以查看说明。</translation>
    </message>
    <message>
        <source>Load a model to see whether it can start from this state.</source>
        <translation>加载模型后可以看到它能否从此状态开始。</translation>
    </message>
    <message>
        <source>Begins a new chat from this state.</source>
        <translation>从此状态开始新聊天。</translation>
    </message>
    <message>
        <source>Load a model first.</source>
        <translation>请先加载模型。</translation>
    </message>
    <message>
        <source>The loaded model cannot start from this state.</source>
        <translation>已加载的模型不能从此状态开始。</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>What each state is.</source>
        <translation>各个状态的详情。</translation>
    </message>
    <message>
        <source>Blend two</source>
        <translation>混合两个</translation>
    </message>
    <message>
        <source>A state between two others.</source>
        <translation>介于两个状态之间的状态。</translation>
    </message>
    <message>
        <source>Audition</source>
        <translation>试听比较</translation>
    </message>
    <message>
        <source>One line, answered by several states.</source>
        <translation>一句话，由多个状态回答。</translation>
    </message>
    <message>
        <source>Rename…</source>
        <translation>重命名…</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Norms</source>
        <translation>范数</translation>
    </message>
    <message>
        <source>Renamed %1 to %2.</source>
        <translation>已将 %1 重命名为 %2。</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>%1 is in the trash.</source>
        <translation>%1 已移入回收站。</translation>
    </message>
    <message>
        <source>Rename state</source>
        <translation>重命名状态</translation>
    </message>
    <message>
        <source>New name of the file:</source>
        <translation>文件的新名称：</translation>
    </message>
    <message>
        <source>This state comes with Rookery and stays as it is.</source>
        <translation>此状态随 Rookery 提供，不可更改。</translation>
    </message>
    <message>
        <source>Another name for the file, in the same folder.</source>
        <translation>为文件换一个名称，文件夹不变。</translation>
    </message>
    <message>
        <source>Moves the file to the trash.</source>
        <translation>将文件移入回收站。</translation>
    </message>
    <message>
        <source>Measuring…</source>
        <translation>正在测量…</translation>
    </message>
    <message>
        <source>Norm of each layer and head, %1 in all</source>
        <translation>每层每头的范数，总计 %1</translation>
    </message>
    <message>
        <source>Which index of its matrices comes first. Change it when a state of another program says nothing but nonsense: it may be transposed.</source>
        <translation>矩阵的哪个下标在前。如果其他程序的状态只会说胡话，请更改它：可能是转置的。</translation>
    </message>
    <message>
        <source>As the file says</source>
        <translation>按文件</translation>
    </message>
    <message>
        <source>As the model has them</source>
        <translation>与模型相同</translation>
    </message>
    <message>
        <source>As the file says: %1</source>
        <translation>按文件：%1</translation>
    </message>
</context>
<context>
    <name>gui::StatusStrip</name>
    <message>
        <source>What the engine does. Click for the models.</source>
        <translation>引擎的状态。点击查看模型。</translation>
    </message>
    <message>
        <source>Texts that are written now, of those possible at once.</source>
        <translation>正在书写的文本数 / 可同时书写的数量。</translation>
    </message>
    <message>
        <source>Tokens written per second, all texts together.</source>
        <translation>每秒写出的词元，所有文本合计。</translation>
    </message>
    <message>
        <source>Memory that Rookery uses.</source>
        <translation>Rookery 使用的内存。</translation>
    </message>
    <message>
        <source>Warnings and errors not looked at yet. Click for the log.</source>
        <translation>尚未查看的警告和错误。点击查看日志。</translation>
    </message>
    <message>
        <source>○ No model</source>
        <translation>○ 无模型</translation>
    </message>
    <message>
        <source>◐ Loading %1 · %2</source>
        <comment>percent, phase</comment>
        <translation>◐ 正在加载 %1 · %2</translation>
    </message>
    <message>
        <source>● Generating</source>
        <translation>● 生成中</translation>
    </message>
    <message>
        <source>◑ Reading</source>
        <translation>◑ 读取中</translation>
    </message>
    <message>
        <source>● Ready</source>
        <translation>● 就绪</translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n row(s)</source>
        <translation>
            <numerusform>%1 / %n 行</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n queued</source>
        <translation>
            <numerusform>%n 个排队</numerusform>
        </translation>
    </message>
    <message>
        <source>Memory %1</source>
        <translation>内存 %1</translation>
    </message>
    <message numerus="yes">
        <source>%n problem(s)</source>
        <translation>
            <numerusform>%n 个问题</numerusform>
        </translation>
    </message>
    <message>
        <source>What changes the loaded model. Click for the adapters.</source>
        <translation>改变已加载模型的内容。点击查看适配器。</translation>
    </message>
    <message>
        <source>◐ Applying adapters</source>
        <translation>◐ 正在应用适配器</translation>
    </message>
    <message>
        <source>Adapters: %1</source>
        <translation>适配器：%1</translation>
    </message>
    <message>
        <source>Other programs can use the model. Click for the server.</source>
        <translation>其他程序可以使用模型。点击查看服务器。</translation>
    </message>
    <message>
        <source>● Server open to the network</source>
        <translation>● 服务器已向网络开放</translation>
    </message>
    <message>
        <source>● Server</source>
        <translation>● 服务器</translation>
    </message>
</context>
<context>
    <name>gui::TensorListModel</name>
    <message>
        <source>%1 %</source>
        <translation>%1%</translation>
    </message>
    <message>
        <source>Tensor</source>
        <translation>张量</translation>
    </message>
    <message>
        <source>Shape</source>
        <translation>形状</translation>
    </message>
    <message>
        <source>Dtype</source>
        <comment>number format of the weights</comment>
        <translation>类型</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Share</source>
        <comment>of the whole file</comment>
        <translation>占比</translation>
    </message>
</context>
<context>
    <name>gui::TranscriptModel</name>
    <message>
        <source>You: %1</source>
        <translation>你：%1</translation>
    </message>
    <message>
        <source>Answer: %1</source>
        <translation>回答：%1</translation>
    </message>
    <message>
        <source>Memory: %1</source>
        <translation>记忆：%1</translation>
    </message>
</context>
<context>
    <name>gui::TranscriptView</name>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
    <message>
        <source>Copy selection</source>
        <translation>复制所选</translation>
    </message>
    <message>
        <source>Copy link address</source>
        <translation>复制链接地址</translation>
    </message>
    <message>
        <source>Conversation</source>
        <translation>聊天</translation>
    </message>
    <message>
        <source>Goes to the end of the conversation</source>
        <translation>转到聊天末尾</translation>
    </message>
    <message numerus="yes">
        <source>↓ %n new token(s)</source>
        <translation>
            <numerusform>↓ %n 个新词元</numerusform>
        </translation>
    </message>
</context>
</TS>
